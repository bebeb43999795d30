// SPDX-License-Identifier: MIT OR GPL-2.0
// The lockdown in the kernel: one small program for each decision of hooks.h. Each answers 0 (no
// objection) or -EPERM; what the kernel or another module refuses stays refused.
//
// docs/lockdown.md argues why these are enough. Fields are found through facts that the loader
// fills in from the kernel's own type information, so one object serves every kernel.
#include <asm/errno.h>
#include <linux/bpf.h>

#include "lockdown/hooks.h"

#define SEC(name)  __attribute__((section(name), used))
#define INLINE	   static inline __attribute__((always_inline))
#define HOOK(name) SEC("lsm/" #name) int name(const __u64 *arg __attribute__((unused)))
#define NO	   (-EPERM)

struct task_struct;

static struct task_struct *(*const current_task)(void) = (void *)BPF_FUNC_get_current_task_btf;
static void *(*const storage_get)(void *map, struct task_struct *t, void *value,
				  __u64 flags) = (void *)BPF_FUNC_task_storage_get;
static long (*const storage_delete)(void *map,
				    struct task_struct *t) = (void *)BPF_FUNC_task_storage_delete;
static long (*const read_kernel)(void *to, __u32 n,
				 const void *from) = (void *)BPF_FUNC_probe_read_kernel;
static long (*const read_text)(void *to, __u32 n,
			       const void *from) = (void *)BPF_FUNC_probe_read_kernel_str;

/* Places that the loader fills in. */
SEC("maps") char map_named[1];
#define FACT_X(name, type, member) SEC("facts") char fact_##name[1];
LOCK_FACTS(FACT_X)
#undef FACT_X

/* A member of the structure that `from` points to, as a value of the given type; 0 if it cannot be
 * read. The barrier keeps the compiler from taking a fact for an address. */
#define MEMBER(type, from, fact)                                                                   \
	({                                                                                         \
		type value_ = 0;                                                                   \
		__u64 off_ = (__u64)fact_##fact;                                                   \
		asm volatile("" : "+r"(off_));                                                     \
		read_kernel(&value_, sizeof value_, (const char *)(from) + off_);                  \
		value_;                                                                            \
	})

/* --- who asks --- */

#define PF_KTHREAD 0x00200000u

INLINE __u32 named(struct task_struct *t)
{
	__u32 *what = storage_get(map_named, t, 0, 0);

	return what ? *what : 0;
}

/* The kernel's own threads work for the kernel, not for who woke them. */
INLINE int may(__u32 what)
{
	struct task_struct *t = current_task();

	return (named(t) & what) || (MEMBER(__u32, t, task_flags) & PF_KTHREAD);
}

#define ONLY(what) (may(what) ? 0 : NO)

HOOK(task_alloc)
{
	__u32 what = named(current_task());

	if (what)
		storage_get(map_named, (struct task_struct *)arg[0], &what,
			    BPF_LOCAL_STORAGE_GET_F_CREATE);
	return 0;
}

/* Whatever is executed is somebody else. */
HOOK(bprm_committing_creds)
{
	storage_delete(map_named, current_task());
	return 0;
}

INLINE int leave_alone(struct task_struct *t)
{
	return named(t) ? ONLY(LOCK_ALL) : 0;
}

HOOK(task_kill)
{
	return leave_alone((struct task_struct *)arg[0]);
}
HOOK(task_setrlimit)
{
	return leave_alone((struct task_struct *)arg[0]);
}
HOOK(task_setnice)
{
	return leave_alone((struct task_struct *)arg[0]);
}
HOOK(task_setscheduler)
{
	return leave_alone((struct task_struct *)arg[0]);
}

/* SIGKILL can be asked for as the signal of input on a pipe; whoever runs then sends it. */
HOOK(file_send_sigiotask)
{
	return named((struct task_struct *)arg[0]) ? NO : 0;
}

#define PTRACE_ATTACH 2u

HOOK(ptrace_access_check)
{
	if (((__u32)arg[1] & PTRACE_ATTACH) && !may(LOCK_ALL))
		return NO;
	return leave_alone((struct task_struct *)arg[0]);
}

HOOK(ptrace_traceme)
{
	return NO;
}

/* --- powers --- */

/* SYS_MODULE, SYS_RAWIO, SYS_PACCT, SYS_ADMIN, MAC_OVERRIDE, MAC_ADMIN, PERFMON, BPF,
 * CHECKPOINT_RESTORE. Of SYS_ADMIN live the calls that have no hook: mount_setattr, open_tree,
 * setns, unshare, swapon, quotactl, ... */
#define POWERS                                                                                     \
	(1ull << 16 | 1ull << 17 | 1ull << 20 | 1ull << 21 | 1ull << 32 | 1ull << 33 |             \
	 1ull << 38 | 1ull << 39 | 1ull << 40)

HOOK(capable)
{
	__u64 cap = arg[2];

	return cap < 64 && (POWERS >> cap & 1) ? ONLY(LOCK_ALL) : 0;
}

HOOK(userns_create)
{
	return ONLY(LOCK_ALL);
}
HOOK(sb_mount)
{
	return ONLY(LOCK_ALL);
}
HOOK(sb_umount)
{
	return ONLY(LOCK_ALL);
}
HOOK(sb_remount)
{
	return ONLY(LOCK_ALL);
}
HOOK(sb_kern_mount)
{
	return ONLY(LOCK_ALL);
}
HOOK(sb_pivotroot)
{
	return ONLY(LOCK_ALL);
}
HOOK(move_mount)
{
	return ONLY(LOCK_ALL);
}
HOOK(perf_event_open)
{
	return ONLY(LOCK_ALL);
}
HOOK(locked_down)
{
	return ONLY(LOCK_ALL);
}

/* Modules (2), and a kernel or its initramfs for kexec (3, 4): enum kernel_read_file_id and
 * kernel_load_data_id agree in these. Nobody needs them. */
INLINE int kernel_code(__u32 id)
{
	return id >= 2 && id <= 4 ? NO : 0;
}

HOOK(kernel_load_data)
{
	return kernel_code((__u32)arg[0]);
}
HOOK(kernel_read_file)
{
	return kernel_code((__u32)arg[1]);
}

/* Looking stays allowed: a map opened read-only is read-only for good (bpf_map_new_fd), and a link
 * cannot be opened so at all (bpf_obj_get_user). */
HOOK(bpf)
{
	__u32 cmd = (__u32)arg[0], flags = 0;

	if (cmd == BPF_MAP_LOOKUP_ELEM || cmd == BPF_OBJ_GET_INFO_BY_FD)
		return 0;
	if (cmd == BPF_OBJ_GET &&
	    !read_kernel(&flags, sizeof flags,
			 (const char *)arg[1] + __builtin_offsetof(union bpf_attr, file_flags)) &&
	    (flags & BPF_F_RDONLY))
		return 0;
	return ONLY(LOCK_ALL);
}

/* --- names, as numbers --- */

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define AT(i) (8 * (i))
#else
#define AT(i) (56 - 8 * (i))
#endif
#define LETTER(s, i)                                                                               \
	(sizeof(s) > (i) + 1 ? (__u64)(__u8)(s)[(i) < sizeof(s) ? (i) : 0] << AT(i) : 0)
/* The first eight bytes of a name. */
#define NAME(s)                                                                                    \
	(LETTER(s, 0) | LETTER(s, 1) | LETTER(s, 2) | LETTER(s, 3) | LETTER(s, 4) | LETTER(s, 5) | \
	 LETTER(s, 6) | LETTER(s, 7))

struct name {
	__u64 first, second; /* bytes 0-7, 8-14; zero behind the end */
};

INLINE void read_name(struct name *to, const void *text)
{
	to->first = to->second = 0;
	read_text(to, sizeof *to, text);
}

HOOK(inode_init_security_anon)
{
	struct name n;

	read_name(&n, MEMBER(const void *, arg[1], qstr_name));
	return n.first == NAME("[io_urin") ? ONLY(LOCK_ALL) : 0;
}

/* --- the network --- */

enum {
	UNIX = 1,
	INET = 2,
	INET6 = 10,
	NETLINK = 16,
	PACKET = 17,
	CAN = 29,
	BLUETOOTH = 31,
	ALG = 38,
	XDP = 44
};
enum { RAW = 3, BNEP = 4, CMTP = 5, SMC = 256 };

HOOK(socket_create)
{
	__u32 family = (__u32)arg[0], type = (__u32)arg[1], protocol = (__u32)arg[2];

	if (arg[3] & 0xffffffff) /* the kernel's own */
		return 0;
	switch (family) {
	case XDP:
		return NO;
	case INET:
	case INET6:
		return type == RAW || protocol == SMC ? ONLY(LOCK_ALL | LOCK_NET) : 0;
	case BLUETOOTH: /* these two make interfaces */
		return protocol == BNEP || protocol == CMTP ? ONLY(LOCK_ALL | LOCK_NET) : 0;
	case UNIX:
	case NETLINK:
	case CAN:
	case ALG:
		return 0;
	default:
		return ONLY(LOCK_ALL | LOCK_NET);
	}
}

#define SOL_PACKET	    263
#define PACKET_QDISC_BYPASS 20

HOOK(socket_setsockopt)
{
	return (__u32)arg[1] == SOL_PACKET && (__u32)arg[2] == PACKET_QDISC_BYPASS ? NO : 0;
}

/* A packet socket from before the lock. */
HOOK(socket_sendmsg)
{
	__u16 family = MEMBER(__u16, MEMBER(const void *, arg[0], socket_sk), sock_family);

	if (family == XDP)
		return NO;
	return family == PACKET ? ONLY(LOCK_ALL | LOCK_NET) : 0;
}

enum { NETLINK_ROUTE = 0, NETLINK_GENERIC = 16, GENERIC_CONTROL = 16 };
enum {
	KIND_GET = 2,
	GROUP_ADDR = 20,
	GROUP_ROUTE = 24,
	GROUP_NEIGH = 28,
	GROUP_RULE = 32,
	GROUP_QDISC = 36,
	GROUP_ACTION = 48,
	GROUP_NEIGHTBL = 64,
	GROUP_ADDRLABEL = 72,
	GROUP_CHAIN = 100,
	GROUP_NEXTHOP = 104
};
#define MESSAGES 8 /* of one datagram; more are refused */

struct message {
	__u32 len;
	__u16 type, flags;
};

INLINE int is_traffic_control(__u32 group)
{
	return (group >= GROUP_QDISC && group <= GROUP_ACTION) || group == GROUP_CHAIN;
}

/* Addresses, routes, neighbours: the guard judges what leaves whatever they are. */
INLINE int is_harmless(__u32 group)
{
	return group == GROUP_ADDR || group == GROUP_ROUTE || group == GROUP_NEIGH ||
	       group == GROUP_RULE || group == GROUP_NEIGHTBL || group == GROUP_ADDRLABEL ||
	       group == GROUP_NEXTHOP;
}

/* 0: free; else who may. Types come in fours: new, delete, get, set. */
INLINE __u32 who_may_route(__u32 type)
{
	__u32 group = type & ~3u;

	if (type < 16 || (type & 3) == KIND_GET || is_harmless(group))
		return 0;
	return is_traffic_control(group) ? LOCK_ALL : LOCK_ALL | LOCK_NET;
}

INLINE __u32 who_may_send(__u16 protocol, __u32 type)
{
	if (protocol == NETLINK_ROUTE)
		return who_may_route(type);
	return type < 16 || type == GENERIC_CONTROL ? 0 : LOCK_ALL | LOCK_NET;
}

HOOK(netlink_send)
{
	__u16 protocol = MEMBER(__u16, arg[0], sock_protocol);
	const char *data = MEMBER(const char *, arg[1], skb_data);
	__u32 left = MEMBER(__u32, arg[1], skb_len), need = LOCK_ALL | LOCK_NET, any = 0;
	struct message m = {0};

	if (protocol != NETLINK_ROUTE && protocol != NETLINK_GENERIC)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < MESSAGES && left >= 16; i++) { /* as netlink_rcv_skb() walks them */
		__u32 step, what;

		if (read_kernel(&m, sizeof m, data))
			return NO;
		if (m.len < 16 || m.len > left)
			break;
		what = who_may_send(protocol, m.type);
		if (what) {
			any = 1;
			need &= what;
		}
		step = (m.len + 3) & ~3u;
		left = step > left ? 0 : left - step;
		data += step;
		m.len = 0;
	}
	if (left >= 16 && m.len == 0) { /* more than were looked at */
		any = 1;
		need = LOCK_ALL;
	}
	return any ? ONLY(need) : 0;
}

/* Interfaces brought up, renamed, made, or given to user space. Source: <linux/sockios.h>,
 * <linux/if_tun.h>, <linux/ppp-ioctl.h>, <linux/wireless.h>, <linux/usbdevice_fs.h>. */
INLINE int is_link_change(__u32 cmd)
{
	switch (cmd) {
	case 0x8914: /* SIOCSIFFLAGS */
	case 0x8918: /* SIOCSIFDSTADDR: makes a tunnel */
	case 0x8923: /* SIOCSIFNAME */
	case 0x8924: /* SIOCSIFHWADDR */
	case 0x8930: /* SIOCSIFSLAVE */
	case 0x8937: /* SIOCSIFHWBROADCAST */
	case 0x8971: /* SIOCSIFMAP */
	case 0x8981: /* SIOCDELDLCI, and the VLANs beside it */
	case 0x8983:
	case 0x400454ca: /* TUNSETIFF */
	case 0xc004743e: /* PPPIOCNEWUNIT */
	case 0xc0105512: /* USBDEVFS_IOCTL, which can take a driver off */
	case 0xc00c5512: /* the same from a 32-bit program */
	case 0x8108551b: /* USBDEVFS_DISCONNECT_CLAIM */
		return 1;
	}
	return (cmd >= 0x8990 && cmd <= 0x89a3) /* bonds, bridges */ ||
	       (cmd >= 0x89f0 && cmd <= 0x89ff) /* tunnels, and whatever a driver has */ ||
	       (cmd >= 0x8b00 && cmd <= 0x8bff && !(cmd & 1)) /* wireless */;
}

HOOK(file_ioctl)
{
	return is_link_change((__u32)arg[1]) ? ONLY(LOCK_ALL | LOCK_NET) : 0;
}
HOOK(file_ioctl_compat)
{
	return is_link_change((__u32)arg[1]) ? ONLY(LOCK_ALL | LOCK_NET) : 0;
}

/* --- files that are more than files --- */

enum {
	BPF_FS = 0xcafe4a11,
	CONFIG_FS = 0x62656570,
	DEBUG_FS = 0x64626720,
	TRACE_FS = 0x74726163,
	PROC = 0x9fa0,
	SYS = 0x62656572,
	CGROUP2 = 0x63677270,
	CGROUP = 0x27e0eb,
	EFIVAR = 0xde5e81e4,
	SECURITY_FS = 0x73636673,
	BINFMT = 0x42494e4d
};

INLINE __u32 magic(const void *inode)
{
	return (__u32)MEMBER(__u64, MEMBER(const void *, inode, inode_sb), sb_magic);
}

#define DEPTH 10

/* The names nearest the root, the one nearest the file, and whether one between is "net". */
struct way {
	struct name top, second, third, last;
	int net;
};

INLINE void find_way(struct way *w, const void *dentry)
{
	__builtin_memset(w, 0, sizeof *w);
#pragma clang loop unroll(disable)
	for (int i = 0; i < DEPTH; i++) {
		const void *up = MEMBER(const void *, dentry, dentry_parent);

		if (!up || up == dentry)
			return;
		w->third = w->second;
		w->second = w->top;
		read_name(&w->top, MEMBER(const void *, dentry, dentry_name));
		if (i == 0)
			w->last = w->top;
		w->net |= i > 0 && w->top.first == NAME("net");
		dentry = up;
	}
	w->net = 1; /* deeper than anything known */
}

/* Of /proc/sys what DHCP clients and routers set; of the rest what belongs to a process. */
INLINE int proc_is_free(const void *dentry)
{
	struct way w;

	find_way(&w, dentry);
	if (w.top.first == NAME("sys")) {
		if (w.second.first == NAME("net"))
			return w.third.first != NAME("core") ||
			       (w.last.first & NAME("\xff\xff\xff")) != NAME("bpf");
		return w.second.first == NAME("kernel") &&
		       (w.last.first == NAME("hostname") || w.last.first == NAME("domainna"));
	}
	/* pktgen and its like are below a process too */
	return (__u8)(w.top.first >> AT(0)) - '0' < 10u && !w.net;
}

INLINE int sys_is_free(const void *dentry)
{
	struct way w;

	find_way(&w, dentry);
	return !(w.net || w.top.first == NAME("kernel") || w.top.first == NAME("module") ||
		 w.top.first == NAME("power") || w.top.first == NAME("firmware") ||
		 w.top.first == NAME("bus") || w.top.first == NAME("hypervis") ||
		 w.last.first == NAME("resource") || w.last.first == NAME("config") ||
		 w.last.first == NAME("unbind") || w.last.first == NAME("bind") ||
		 w.last.first == NAME("new_id") || w.last.first == NAME("remove"));
}

INLINE int device_is_free(__u32 mode, __u32 dev, int writing)
{
	__u32 major = dev >> 20, minor = dev & 0xfffff;

	if ((mode & 0170000) == 0060000) /* a disk */
		return !writing;
	if ((mode & 0170000) != 0020000)
		return 1;
	if (major == 1)
		return minor != 1 && minor != 2 && minor != 4; /* mem, kmem, port */
	if (major == 90 || major == 21)			       /* flash; SCSI commands */
		return !writing;
	return major != 202; /* msr */
}

/* pid 1, if it is no program of ours, sorts services into groups. */
INLINE int is_init(void)
{
	return MEMBER(__u32, current_task(), task_tgid) == 1;
}

HOOK(file_open)
{
	const void *inode = MEMBER(const void *, arg[0], file_inode);
	int writing = MEMBER(__u32, arg[0], file_mode) & 2;
	int free;

	if (!device_is_free(MEMBER(__u16, inode, inode_mode), MEMBER(__u32, inode, inode_rdev),
			    writing))
		return ONLY(LOCK_ALL);
	if (!writing)
		return 0;
	switch (magic(inode)) {
	case PROC:
		free = proc_is_free(MEMBER(const void *, arg[0], file_dentry));
		break;
	case SYS:
		free = sys_is_free(MEMBER(const void *, arg[0], file_dentry));
		break;
	case CGROUP:
	case CGROUP2:
		free = is_init();
		break;
	case CONFIG_FS:
	case DEBUG_FS:
	case TRACE_FS:
	case EFIVAR:
	case SECURITY_FS:
	case BINFMT:
		free = 0;
		break;
	default:
		free = 1;
	}
	return free ? 0 : ONLY(LOCK_ALL);
}

/* Pins, netconsole's targets, tracing instances. */
INLINE int keep(const void *dir)
{
	__u32 m = magic(dir);

	return m == BPF_FS || m == CONFIG_FS || m == TRACE_FS || m == EFIVAR ? ONLY(LOCK_ALL) : 0;
}

HOOK(inode_mkdir)
{
	return keep((const void *)arg[0]);
}
HOOK(inode_unlink)
{
	return keep((const void *)arg[0]);
}
HOOK(inode_rmdir)
{
	return keep((const void *)arg[0]);
}
HOOK(inode_rename)
{
	return keep((const void *)arg[0]);
}
