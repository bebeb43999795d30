// SPDX-License-Identifier: MIT
//
// Inside the virtual machine: what a root shell does about a lock, and what those who are named may
// still do. Each prints nothing and ends with 0 if it got through.
//   locktest untie IFACE        takes the guard's queueing discipline off
//   locktest detach DIR         detaches, then replaces, the links pinned in DIR
//   locktest by-number          opens programs, maps and links by their numbers
//   locktest widen DIR          overwrites the guard's configuration
//   locktest unpin DIR          removes the pins in DIR
//   locktest kill PID           SIGKILL, by kill, pidfd, a limit, and the signal of a pipe
//   locktest hold IFACE FIFO    opens a packet socket that passes the discipline by; once there is
//                               something to read in FIFO, sends 200 datagrams to 198.18.0.9
//   locktest keep FIFO OUT      obeys lines of FIFO, as a supervisor: mount, child, exec, net,
//                               link NAME, up NAME, kill PID; answers in OUT
//   locktest inherit PID PROGRAM... runs a program with what lockdown/inherit.h gives children;
//                               PID: the guard's daemon
//   locktest powers NAME        prints how many of these it can: a packet socket, a raw one, an
//                               interface NAME, a user namespace
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lockdown/inherit.h"

#define HIGHEST_NUMBER 2000

/* --- netlink --- */

struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct tcmsg tc;
	};
	char attr[128];
};

static struct rtattr *add(struct request *r, int type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = (unsigned short)type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	r->head.nlmsg_len = (unsigned)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
	return a;
}

static int ask(struct request *r)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[512];
	} in = {.err.error = -EPERM};

	if (fd < 0 || send(fd, r, r->head.nlmsg_len, 0) < 0 || recv(fd, &in, sizeof in, 0) < 0) {
		perror("netlink");
		in.err.error = -1;
	}
	if (fd >= 0)
		close(fd);
	return in.err.error;
}

static int untie(const char *iface)
{
	struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof r.tc),
				     .nlmsg_type = RTM_DELQDISC,
				     .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK}};

	r.tc.tcm_ifindex = (int)if_nametoindex(iface);
	r.tc.tcm_parent = TC_H_CLSACT;
	r.tc.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	return ask(&r);
}

static int make_dummy(const char *name)
{
	struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof r.link),
				     .nlmsg_type = RTM_NEWLINK,
				     .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE}};
	struct rtattr *info;

	add(&r, IFLA_IFNAME, name, strlen(name) + 1);
	info = add(&r, IFLA_LINKINFO, NULL, 0);
	add(&r, IFLA_INFO_KIND, "dummy", 5);
	info->rta_len = (unsigned short)((char *)&r + r.head.nlmsg_len - (char *)info);
	return ask(&r);
}

static int bring_up(const char *name)
{
	struct ifreq r = {.ifr_flags = IFF_UP};

	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	return ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &r);
}

/* --- bpf --- */

static long bpf(int cmd, union bpf_attr *a)
{
	return syscall(SYS_bpf, cmd, a, sizeof *a);
}

static int get(const char *path)
{
	union bpf_attr a = {.pathname = (uint64_t)(uintptr_t)path};

	return (int)bpf(BPF_OBJ_GET, &a);
}

/* Calls with each file of a folder; 0 if one of the calls returned 0. */
static int each(const char *dir, const char *prefix, int (*with)(const char *path))
{
	DIR *d = opendir(dir);
	struct dirent *f;
	int bad = 1;

	while (d && (f = readdir(d))) {
		char path[400];

		snprintf(path, sizeof path, "%s/%s", dir, f->d_name);
		if (f->d_name[0] != '.' && !strncmp(f->d_name, prefix, strlen(prefix)) &&
		    !with(path))
			bad = 0;
	}
	if (d)
		closedir(d);
	return bad;
}

static int detach_link(const char *path)
{
	union bpf_attr a = {.link_detach.link_fd = (uint32_t)get(path)};

	return (int)a.link_detach.link_fd >= 0 && !bpf(BPF_LINK_DETACH, &a) ? 0 : 1;
}

static int by_number(void)
{
	static const int cmds[] = {BPF_PROG_GET_FD_BY_ID, BPF_MAP_GET_FD_BY_ID,
				   BPF_LINK_GET_FD_BY_ID, BPF_BTF_GET_FD_BY_ID};

	for (size_t c = 0; c < sizeof cmds / sizeof *cmds; c++)
		for (uint32_t id = 1; id < HIGHEST_NUMBER; id++) {
			union bpf_attr a = {.prog_id = id};

			if (bpf(cmds[c], &a) >= 0)
				return 0;
		}
	return 1;
}

static int widen(const char *dir)
{
	static const char zero[65536];
	char path[400];
	uint32_t key = 0;
	union bpf_attr a = {.key = (uint64_t)(uintptr_t)&key, .value = (uint64_t)(uintptr_t)zero};

	snprintf(path, sizeof path, "%s/config", dir);
	a.map_fd = (uint32_t)get(path);
	return (int)a.map_fd >= 0 && !bpf(BPF_MAP_UPDATE_ELEM, &a) ? 0 : 1;
}

/* --- killing --- */

static int by_pipe(pid_t pid)
{
	int ends[2];

	if (pipe(ends) || fcntl(ends[0], F_SETOWN, pid) || fcntl(ends[0], F_SETSIG, SIGKILL) ||
	    fcntl(ends[0], F_SETFL, O_ASYNC) || write(ends[1], "x", 1) != 1)
		return 1;
	usleep(300000);
	return kill(pid, 0) && errno == ESRCH ? 0 : 1;
}

static int kill_all_ways(pid_t pid)
{
	const struct rlimit none = {0, 0};
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return kill(pid, SIGKILL) && syscall(SYS_tkill, pid, SIGKILL) &&
	       syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) &&
	       prlimit(pid, RLIMIT_CPU, &none, NULL) && prlimit(pid, RLIMIT_AS, &none, NULL) &&
	       kill(pid, SIGSTOP) && by_pipe(pid);
}

/* --- a packet socket from before --- */

static int wait_for(const char *fifo)
{
	int fd = open(fifo, O_RDONLY);
	char c;

	return fd >= 0 && read(fd, &c, 1) == 1 ? 0 : 1;
}

static int hold(const char *iface, const char *fifo)
{
	static const uint8_t head[42] = {2,    0,  0,	0,  0, 2, 2, 0, 0,  0,	0, 1,  8,   0,
					 0x45, 0,  0,	48, 0, 0, 0, 0, 64, 17, 0, 0,  192, 0,
					 2,    10, 198, 18, 0, 9, 0, 9, 0,  9,	0, 28, 0,   0};
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_halen = 6};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1, sent = 0;
	uint8_t frame[62] = {0};

	memcpy(frame, head, sizeof head);
	to.sll_ifindex = (int)if_nametoindex(iface);
	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one))
		return 2;
	if (wait_for(fifo))
		return 2;
	for (int i = 0; i < 200; i++)
		sent += sendto(fd, frame, sizeof frame, 0, (struct sockaddr *)&to, sizeof to) > 0;
	return sent ? 0 : 1;
}

/* --- a supervisor --- */

static int try_mount(void)
{
	return mount("none", "/tmp", "tmpfs", 0, NULL);
}

static int in_child(int (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(what() ? 1 : 0);
	return waitpid(pid, &status, 0) == pid && !status ? 0 : -1;
}

static int execute(void)
{
	execl("/proc/self/exe", "locktest", "mount", (char *)NULL);
	return 1;
}

static int net(void)
{
	return unshare(CLONE_NEWNET);
}

static int obey(const char *line)
{
	char name[20] = "";

	sscanf(line, "%*s %19s", name);
	if (!strncmp(line, "mount", 5))
		return try_mount();
	if (!strncmp(line, "child", 5))
		return in_child(try_mount);
	if (!strncmp(line, "exec", 4))
		return in_child(execute);
	if (!strncmp(line, "net", 3))
		return in_child(net);
	if (!strncmp(line, "link", 4))
		return make_dummy(name);
	if (!strncmp(line, "up", 2))
		return bring_up(name);
	if (!strncmp(line, "kill", 4))
		return kill(atoi(name), SIGKILL);
	return -1;
}

static int keep(const char *fifo, const char *out)
{
	char line[80];

	for (;;) {
		FILE *in = fopen(fifo, "r"), *to;

		if (!in)
			return 2;
		while (fgets(line, sizeof line, in)) {
			int n = obey(line);

			to = fopen(out, "w");
			if (to) {
				fprintf(to, "%s\n", n ? "refused" : "done");
				fclose(to);
			}
		}
		fclose(in);
	}
}

static int inherit(char **argv)
{
	int landlock;
	struct err e;

	if (lock_inherit(0, atoi(argv[0]), &landlock, &e))
		fprintf(stderr, "%s\n", e.text);
	else
		execv(argv[1], argv + 1);
	return 2;
}

static int own_users(void)
{
	return unshare(CLONE_NEWUSER);
}

static int powers(const char *name)
{
	int got = (socket(AF_PACKET, SOCK_RAW, 0) >= 0) +
		  (socket(AF_INET, SOCK_RAW, IPPROTO_UDP) >= 0) + !make_dummy(name) +
		  !in_child(own_users);

	return printf("got %d\n", got) < 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *arg = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "untie"))
		return untie(arg) != 0;
	if (!strcmp(what, "detach"))
		return each(arg, "link-", detach_link);
	if (!strcmp(what, "by-number"))
		return by_number();
	if (!strcmp(what, "widen"))
		return widen(arg);
	if (!strcmp(what, "unpin"))
		return each(arg, "", (int (*)(const char *))unlink);
	if (!strcmp(what, "kill"))
		return kill_all_ways(atoi(arg)) != 0;
	if (!strcmp(what, "mount"))
		return try_mount() != 0;
	if (!strcmp(what, "hold") && argc == 4)
		return hold(arg, argv[3]);
	if (!strcmp(what, "keep") && argc == 4)
		return keep(arg, argv[3]);
	if (!strcmp(what, "inherit") && argc > 3)
		return inherit(argv + 2);
	if (!strcmp(what, "powers") && argc == 3)
		return powers(arg);
	fprintf(stderr, "locktest: see the head of locktest.c\n");
	return 2;
}
