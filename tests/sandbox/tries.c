// SPDX-License-Identifier: MIT
// Tries, one after the other, what a program in a sandbox may and may not do, and says what became
// of each: "NAME: ok" or "NAME: ERROR". Ends with the exit code given, or by the signal -N.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void say(const char *what, long rc)
{
	printf("%s: %s\n", what, rc < 0 ? strerror(errno) : "ok");
	fflush(stdout);
}

static void try_port(const char *what, int type, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, type, 0), rc = bind(fd, (struct sockaddr *)&to, sizeof(to));

	if (!rc && type == SOCK_STREAM)
		rc = listen(fd, 1);
	say(what, rc);
	close(fd);
}

static void try_sockets(void)
{
	try_port("tcp 81", SOCK_STREAM, 81);
	try_port("tcp 8080", SOCK_STREAM, 8080);
	try_port("tcp 0", SOCK_STREAM, 0);
	try_port("udp 81", SOCK_DGRAM, 81);
	try_port("udp 0", SOCK_DGRAM, 0);
	say("unix", socket(AF_UNIX, SOCK_STREAM, 0));
	say("packet", socket(AF_PACKET, SOCK_RAW, 0));
	say("vsock", socket(40, SOCK_STREAM, 0));
	say("raw", socket(AF_INET, SOCK_RAW, 1));
}

/* Returns a socket with that name, which is said as it was given. */
static int named(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX}, back = {0};
	socklen_t n = sizeof(back);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(fd, (struct sockaddr *)&back, &n))
		return -1;
	errno = EPROTO;
	return strcmp(back.sun_path, path) ? -1 : fd;
}

/* The launcher binds for us: with our user, mask, folders, and links. */
static void try_names(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/tmp/s"};
	int fd, client = socket(AF_UNIX, SOCK_STREAM, 0);
	struct ucred who = {0};
	socklen_t n = sizeof(who);
	struct stat st = {0};
	char here[64] = "";

	umask(027);
	fd = named("/tmp/s");
	say("name", fd);
	stat("/tmp/s", &st);
	say("name's user and mode",
	    st.st_uid == geteuid() && (st.st_mode & 07777) == 0750 ? 0 : -1);
	say("name listens", listen(fd, 1));
	connect(client, (struct sockaddr *)&a, sizeof(a));
	getsockopt(client, SOL_SOCKET, SO_PEERCRED, &who, &n);
	say("name's listener", who.uid == geteuid() && who.gid == getegid() ? 0 : -1);
	mkdir("/tmp/d", 0700);
	symlink("d", "/tmp/l");
	chdir("/tmp/d");
	say("name by a way", named("../l/./s"));
	say("name there", access("/tmp/d/s", F_OK));
	say("folder", getcwd(here, sizeof(here)) && !strcmp(here, "/tmp/d") ? 0 : -1);
	say("name taken", named("s"));
	say("name nowhere", named("/tmp/none/s"));
	say("name in usr", named("/usr/share/s"));
	chmod("/tmp/d", 0);
	say("name in a closed folder", geteuid() ? named("/tmp/d/t") : -1);
	say("name of the kernel's",
	    bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&a, sizeof(a.sun_family)));
	chdir("/");
	umask(022);
}

/* Other than 1, and a core_pattern with a pipe is run. */
static void try_dumps(void)
{
	struct rlimit none = {0, 0}, all = {4096, 4096}, now = {0, 0};

	say("no dumps", setrlimit(RLIMIT_CORE, &none));
	say("no dumps, and what was",
	    prlimit(0, RLIMIT_CORE, &none, &now) || now.rlim_max != 1 ? -1 : 0);
	say("dumps", setrlimit(RLIMIT_CORE, &all));
	getrlimit(RLIMIT_CORE, &now);
	say("limit of dumps", now.rlim_cur == 1 && now.rlim_max == 1 ? 0 : -1);
}

static void try_exec(void)
{
	char *argv[] = {"true", NULL};

	execve("/bin/true", argv, argv);
	say("execve", -1);
	execve("/proc/self/exe", argv, argv);
	say("execve self", -1);
	syscall(SYS_execveat, open("/proc/self/exe", O_PATH), "", argv, argv, AT_EMPTY_PATH);
	say("execveat self", -1);
	say("memfd", syscall(SYS_memfd_create, "x", 0));
}

static void try_memory(void)
{
	void *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	int id = shmget(IPC_PRIVATE, 4096, 0600);

	errno = errno == ENOMEM ? EPERM : errno; /* musl's way of saying it */
	say("mmap wx", m == MAP_FAILED ? -1 : 0);
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	say("mprotect x", mprotect(m, 4096, PROT_READ | PROT_EXEC));
	say("shmat x", shmat(id, NULL, SHM_EXEC) == (void *)-1 ? -1 : 0);
	say("personality", syscall(SYS_personality, 0x400000));
}

static void try_file(const char *what, const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	say(what, fd);
	close(fd);
}

static void try_files(void)
{
	try_file("write tmp", "/tmp/x", O_CREAT | O_RDWR);
	try_file("write usr", "/usr/lib/x", O_CREAT | O_RDWR);
	try_file("write etc", "/etc/x", O_CREAT | O_RDWR);
	try_file("shadow", "/etc/shadow", O_RDONLY);
	try_file("home", "/root", O_RDONLY);
	try_file("first's root", "/proc/1/root", O_RDONLY);
	try_file("first's memory", "/proc/1/mem", O_RDONLY);
	try_file("own memory", "/proc/self/mem", O_RDWR);
	try_file("sys", "/sys/kernel", O_RDONLY);
	try_file("null", "/dev/null", O_RDWR);
	try_file("state", "/var/lib/holdfast-test/x", O_CREAT | O_RDWR);
	say("setuid", chmod("/tmp/x", 04755));
	say("node", mknod("/tmp/n", S_IFCHR | 0666, 0x101));
}

static void try_kernel(void)
{
	say("user namespace", syscall(SYS_unshare, CLONE_NEWUSER));
	say("clone into one", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL));
	say("clone3", syscall(SYS_clone3, NULL, 0));
	say("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	say("kill first", kill(1, SIGKILL));
	say("io_uring", syscall(SYS_io_uring_setup, 1, NULL));
	say("keyctl", syscall(SYS_keyctl, 0, -3, 0));
	say("bpf", syscall(SYS_bpf, 0, NULL, 0));
	say("a call of tomorrow", syscall(500));
	say("type into terminal", ioctl(0, TIOCSTI, "x"));
}

int main(int argc, char **argv)
{
	int code = argc > 1 ? atoi(argv[1]) : 0;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	say("fork", pid);
	try_exec();
	try_sockets();
	try_names();
	try_dumps();
	try_memory();
	try_files();
	try_kernel();
	if (code < 0)
		raise(-code);
	return code;
}
