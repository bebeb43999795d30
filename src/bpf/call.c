// SPDX-License-Identifier: MIT
#include "bpf/call.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int call(int cmd, union bpf_attr *attr)
{
	long n;

	/* BPF_PROG_LOAD says EAGAIN when a signal arrives while it verifies. */
	for (int tries = 0; tries < 5; tries++) {
		n = syscall(__NR_bpf, cmd, attr, sizeof *attr);
		if (n >= 0 || errno != EAGAIN)
			break;
	}
	return n < 0 ? -errno : (int)n;
}

static __u64 address(const void *p)
{
	return (__u64)(uintptr_t)p;
}

int call_map_create(int type, const char *name, __u32 value_size, __u32 entries, int btf_fd,
		    __u32 btf_value)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.map_type = (__u32)type;
	a.key_size = sizeof(__u32);
	a.value_size = value_size;
	a.max_entries = entries;
	strncpy(a.map_name, name, sizeof a.map_name - 1);
	if (btf_fd > 0) {
		a.btf_fd = (__u32)btf_fd;
		a.btf_key_type_id = 1;
		a.btf_value_type_id = btf_value;
	}
	return call(BPF_MAP_CREATE, &a);
}

int call_task_map_create(const char *name, int btf_fd)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.map_type = BPF_MAP_TYPE_TASK_STORAGE;
	a.key_size = sizeof(__u32);
	a.value_size = sizeof(__u32);
	a.map_flags = BPF_F_NO_PREALLOC;
	a.btf_fd = (__u32)btf_fd;
	a.btf_key_type_id = a.btf_value_type_id = 1;
	strncpy(a.map_name, name, sizeof a.map_name - 1);
	return call(BPF_MAP_CREATE, &a);
}

int call_pin(int fd, const char *path)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.pathname = address(path);
	a.bpf_fd = (__u32)fd;
	return call(BPF_OBJ_PIN, &a);
}

static int get(const char *path, __u32 flags)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.pathname = address(path);
	a.file_flags = flags;
	return call(BPF_OBJ_GET, &a);
}

int call_get(const char *path)
{
	return get(path, 0);
}

int call_get_to_read(const char *path)
{
	return get(path, BPF_F_RDONLY);
}

int call_lookup(int map, __u32 index, void *value, __u64 flags)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.map_fd = (__u32)map;
	a.key = address(&index);
	a.value = address(value);
	a.flags = flags;
	return call(BPF_MAP_LOOKUP_ELEM, &a);
}

int call_update(int map, __u32 index, const void *value)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.map_fd = (__u32)map;
	a.key = address(&index);
	a.value = address(value);
	return call(BPF_MAP_UPDATE_ELEM, &a);
}

int call_delete(int map, __u32 index)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.map_fd = (__u32)map;
	a.key = address(&index);
	return call(BPF_MAP_DELETE_ELEM, &a);
}

static int load(int type, __u32 hook, const char *name, const struct bpf_insn *code, __u32 count,
		char *log, __u32 log_len)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.prog_type = (__u32)type;
	a.attach_btf_id = hook;
	a.expected_attach_type = hook ? BPF_LSM_MAC : 0;
	a.insns = address(code);
	a.insn_cnt = count;
	a.license = address("Dual MIT/GPL");
	strncpy(a.prog_name, name, sizeof a.prog_name - 1);
	if (log) {
		a.log_buf = address(log);
		a.log_size = log_len;
		a.log_level = 1;
	}
	return call(BPF_PROG_LOAD, &a);
}

int call_prog_load(const char *name, const struct bpf_insn *code, __u32 count, char *log,
		   __u32 log_len)
{
	return load(BPF_PROG_TYPE_SCHED_CLS, 0, name, code, count, log, log_len);
}

int call_lsm_load(const char *name, const struct bpf_insn *code, __u32 count, __u32 hook, char *log,
		  __u32 log_len)
{
	return load(BPF_PROG_TYPE_LSM, hook, name, code, count, log, log_len);
}

int call_lsm_attach(int prog)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.raw_tracepoint.prog_fd = (__u32)prog;
	return call(BPF_RAW_TRACEPOINT_OPEN, &a);
}

int call_next_map(__u32 after)
{
	union bpf_attr a;
	int n;

	memset(&a, 0, sizeof a);
	a.start_id = after;
	n = call(BPF_MAP_GET_NEXT_ID, &a);
	return n < 0 ? n : (int)a.next_id;
}

int call_btf_load(const void *btf, __u32 len)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.btf = address(btf);
	a.btf_size = len;
	return call(BPF_BTF_LOAD, &a);
}

int call_link_create(int prog, int ifindex, int where, __u32 flags)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.link_create.prog_fd = (__u32)prog;
	a.link_create.target_ifindex = (__u32)ifindex;
	a.link_create.attach_type = (__u32)where;
	a.link_create.flags = flags;
	return call(BPF_LINK_CREATE, &a);
}

int call_link_update(int link, int prog)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.link_update.link_fd = (__u32)link;
	a.link_update.new_prog_fd = (__u32)prog;
	return call(BPF_LINK_UPDATE, &a);
}

int call_map_value_size(int map)
{
	struct bpf_map_info info;
	union bpf_attr a;
	int n;

	memset(&a, 0, sizeof a);
	memset(&info, 0, sizeof info);
	a.info.bpf_fd = (__u32)map;
	a.info.info_len = sizeof info;
	a.info.info = address(&info);
	n = call(BPF_OBJ_GET_INFO_BY_FD, &a);
	return n < 0 ? n : (int)info.value_size;
}

unsigned call_prog_steps(int prog)
{
	struct bpf_prog_info info;
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	memset(&info, 0, sizeof info);
	a.info.bpf_fd = (__u32)prog;
	a.info.info_len = sizeof info;
	a.info.info = address(&info);
	return call(BPF_OBJ_GET_INFO_BY_FD, &a) < 0 ? 0 : info.verified_insns;
}
