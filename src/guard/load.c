// SPDX-License-Identifier: MIT
#include "guard/load.h"

#include <errno.h>
#include <linux/btf.h>
#include <stddef.h>
#include <string.h>

#include "bpf/call.h"

struct guard_place {
	unsigned at;
	enum guard_place_name what;
};

#include GUARD_CODE /* made at build time */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LARGER                                                                                     \
	(COUNT(guard_egress) > COUNT(guard_ingress) ? COUNT(guard_egress) : COUNT(guard_ingress))

static void fill(struct bpf_insn *code, const struct guard_place *place, size_t places,
		 enum lim_link link, const int *map)
{
	for (size_t i = 0; i < places; i++) {
		struct bpf_insn *insn = code + place[i].at;

		insn[1].imm = 0;
		if (place[i].what == PLACE_fact_link) {
			insn->src_reg = 0;
			insn->imm = link == LIM_RAW_IP;
		} else {
			insn->src_reg = BPF_PSEUDO_MAP_FD;
			insn->imm = map[place[i].what];
		}
	}
}

/* What the verifier says just before its closing statistics. */
static const char *verdict(char *log)
{
	char *end = strstr(log, "\nprocessed "), *line;

	if (!end)
		end = log + strlen(log);
	*end = 0;
	line = strrchr(log, '\n');
	return line ? line + 1 : log;
}

static int refused(const char *name, const struct bpf_insn *code, size_t count, int n,
		   struct err *e)
{
	static char log[8192];

	if (n == -EPERM)
		return err_set(e, EXIT_SYSTEM,
			       "not allowed to load a BPF program: needs CAP_BPF and CAP_NET_ADMIN "
			       "(or root)");
	if (n == -ENOSYS)
		return err_set(e, EXIT_SYSTEM,
			       "this kernel has no BPF: it needs CONFIG_BPF_SYSCALL");
	call_prog_load(name, code, (__u32)count, log, sizeof log);
	return err_sys(e, -n,
		       "this kernel does not take the program '%s' (it needs "
		       "CONFIG_BPF_SYSCALL, CONFIG_NET_CLS_ACT): %.120s",
		       name, verdict(log));
}

int load_program(int egress, enum lim_link link, const int map[PLACE_fact_link], struct err *e)
{
	static struct bpf_insn code[LARGER];
	size_t count = egress ? COUNT(guard_egress) : COUNT(guard_ingress);
	const char *name = egress ? "holdfast_out" : "holdfast_in";
	int fd;

	memcpy(code, egress ? guard_egress : guard_ingress, count * sizeof *code);
	if (egress)
		fill(code, guard_egress_places, COUNT(guard_egress_places), link, map);
	else
		fill(code, guard_ingress_places, COUNT(guard_ingress_places), link, map);
	fd = call_prog_load(name, code, (__u32)count, NULL, 0);
	return fd >= 0 ? fd : refused(name, code, count, fd, e);
}

/* Types, numbered from 1: u32; u8; struct bpf_spin_lock; u8[size - 4]; the state. */
struct state_type {
	struct btf_header head;
	struct btf_type u32;
	__u32 u32_bits;
	struct btf_type u8;
	__u32 u8_bits;
	struct btf_type lock;
	struct btf_member lock_val;
	struct btf_type rest;
	struct btf_array rest_of;
	struct btf_type state;
	struct btf_member state_lock, state_rest;
	char names[40];
};

/* Offsets of names in: "\0u32\0u8\0bpf_spin_lock\0val\0lock\0rest\0state" */
enum { N_U32 = 1, N_U8 = 5, N_SPIN = 8, N_VAL = 22, N_LOCK = 26, N_REST = 31, N_STATE = 36 };
static const char type_names[] = "\0u32\0u8\0bpf_spin_lock\0val\0lock\0rest\0st";

#define TYPE(kind, members) ((kind) << 24 | (members))

int load_state_type(lim_u32 size, struct err *e)
{
	struct state_type t = {
	    .head = {.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof t.head},
	    .u32 = {.name_off = N_U32, .info = TYPE(BTF_KIND_INT, 0u), .size = 4},
	    .u32_bits = 32,
	    .u8 = {.name_off = N_U8, .info = TYPE(BTF_KIND_INT, 0u), .size = 1},
	    .u8_bits = 8,
	    .lock = {.name_off = N_SPIN, .info = TYPE(BTF_KIND_STRUCT, 1u), .size = 4},
	    .lock_val = {.name_off = N_VAL, .type = 1},
	    .rest = {.info = TYPE(BTF_KIND_ARRAY, 0u)},
	    .rest_of = {.type = 2, .index_type = 1, .nelems = size - 4},
	    .state = {.name_off = N_STATE, .info = TYPE(BTF_KIND_STRUCT, 2u), .size = size},
	    .state_lock = {.name_off = N_LOCK, .type = 3},
	    .state_rest = {.name_off = N_REST, .type = 4, .offset = 32},
	};
	int fd;

	_Static_assert(sizeof type_names <= sizeof t.names, "names fit");
	memcpy(t.names, type_names, sizeof type_names);
	t.head.type_len = offsetof(struct state_type, names) - sizeof t.head;
	t.head.str_off = t.head.type_len;
	t.head.str_len = sizeof type_names;
	fd = call_btf_load(&t, sizeof t.head + t.head.type_len + t.head.str_len);
	if (fd == -EPERM)
		return err_set(e, EXIT_SYSTEM,
			       "not allowed to use BPF: needs CAP_BPF and CAP_NET_ADMIN (or root)");
	if (fd == -ENOSYS)
		return err_set(e, EXIT_SYSTEM,
			       "this kernel has no BPF: it needs CONFIG_BPF_SYSCALL");
	return fd >= 0 ? fd : err_sys(e, -fd, "this kernel refuses BPF type information (BTF)");
}
