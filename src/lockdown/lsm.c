// SPDX-License-Identifier: MIT
#include "lockdown/lsm.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/call.h"
#include "lockdown/btf.h"
#include "lockdown/files.h"

#define FACT_X(name, type, member) PLACE_fact_##name,
enum lock_place_name { PLACE_map_named, LOCK_FACTS(FACT_X) PLACES };
#undef FACT_X

struct lock_place {
	unsigned at;
	enum lock_place_name what;
};

#include LOCK_CODE /* made at build time */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LONGEST	 1024 /* instructions of one program */

static const struct row {
	const char *name;
	const struct bpf_insn *code;
	const struct lock_place *place;
	unsigned short count, places, optional;
} rows[LOCK_HOOK_COUNT] = {
#define HOOK_X(hook, optional)                                                                     \
	{                                                                                          \
	    #hook,                                                                                 \
	    lock_##hook,                                                                           \
	    lock_##hook##_places,                                                                  \
	    COUNT(lock_##hook),                                                                    \
	    lock_##hook##_place_count,                                                             \
	    optional},
    LOCK_HOOKS(HOOK_X)
#undef HOOK_X
};

static const struct fact {
	const char *type, *member;
} facts[PLACES] = {
#define FACT_X(name, type, member) [PLACE_fact_##name] = {type, member},
    LOCK_FACTS(FACT_X)
#undef FACT_X
};

const char *lsm_hook_name(enum lock_hook h)
{
	return rows[h].name;
}

int lsm_active(struct err *e)
{
	char list[256];

	if (files_lsm_list(list, sizeof list))
		return err_sys(e, errno, "cannot read which security modules the kernel asks");
	for (char *save, *m = strtok_r(list, ",", &save); m; m = strtok_r(NULL, ",", &save))
		if (!strcmp(m, "bpf"))
			return 0;
	return err_set(e, EXIT_NO,
		       "the kernel asks no BPF programs: it needs CONFIG_BPF_LSM and 'bpf' in lsm= "
		       "on its command line");
}

/* --- loading --- */

/* A description of one type, u32, as number 1. */
static int u32_type(void)
{
	struct {
		struct btf_header head;
		struct btf_type type;
		__u32 bits;
		char names[8];
	} t = {.head = {.magic = BTF_MAGIC,
			.version = BTF_VERSION,
			.hdr_len = sizeof t.head,
			.type_len = sizeof t.type + sizeof t.bits,
			.str_off = sizeof t.type + sizeof t.bits,
			.str_len = 5},
	       .type = {.name_off = 1, .info = BTF_KIND_INT << 24, .size = 4},
	       .bits = 32,
	       .names = "\0u32"};

	return call_btf_load(&t, sizeof t.head + t.head.type_len + t.head.str_len);
}

static int make_map(struct lsm *l, struct err *e)
{
	int type = u32_type();

	if (type == -EPERM)
		return err_set(e, EXIT_SYSTEM,
			       "not allowed to use BPF: needs root, before the lock");
	if (type < 0)
		return err_sys(e, -type, "this kernel refuses BPF type information");
	l->named = call_task_map_create("holdfast_named", type);
	close(type);
	return l->named >= 0 ? 0 : err_sys(e, -l->named, "no map kept with tasks (Linux 5.11)");
}

/* 0, or -1 with the name of what this kernel does not have in why. */
static int fill(const struct row *r, struct bpf_insn *code, int map, const long *offset, char *why,
		size_t size)
{
	memcpy(code, r->code, r->count * sizeof *code);
	for (unsigned i = 0; i < r->places; i++) {
		enum lock_place_name what = r->place[i].what;
		struct bpf_insn *insn = code + r->place[i].at;

		insn[1].imm = 0;
		if (what == PLACE_map_named) {
			insn->src_reg = BPF_PSEUDO_MAP_FD;
			insn->imm = map;
			continue;
		}
		if (offset[what] < 0) {
			snprintf(why, size, "this kernel has no %s.%s", facts[what].type,
				 facts[what].member);
			return -1;
		}
		insn->src_reg = 0;
		insn->imm = (int)offset[what];
	}
	return 0;
}

/* What the verifier says just before its closing statistics. */
static const char *last_words(char *log)
{
	char *end = strstr(log, "\nprocessed "), *line;

	if (end)
		*end = 0;
	line = strrchr(log, '\n');
	return line ? line + 1 : log;
}

static void load_one(struct lsm *l, const struct btf *b, const long *offset, enum lock_hook h)
{
	static struct bpf_insn code[LONGEST];
	static char log[16384];
	const struct row *r = &rows[h];
	char function[64];
	uint32_t id;

	snprintf(function, sizeof function, "bpf_lsm_%s", r->name);
	id = btf_function(b, function);
	if (!id) {
		snprintf(l->why[h], sizeof l->why[h], "this kernel has no hook %s", r->name);
		if (r->optional)
			l->have |= (lock_hook_set)1 << h;
		return;
	}
	if (r->count > LONGEST || fill(r, code, l->named, offset, l->why[h], sizeof l->why[h]))
		return;
	l->prog[h] = call_lsm_load(r->name, code, r->count, id, NULL, 0);
	if (l->prog[h] >= 0) {
		l->have |= (lock_hook_set)1 << h;
		return;
	}
	call_lsm_load(r->name, code, r->count, id, log, sizeof log);
	snprintf(l->why[h], sizeof l->why[h], "%s: %.60s", strerror(-l->prog[h]), last_words(log));
	l->prog[h] = -1;
}

int lsm_load(struct lsm *l, struct err *e)
{
	long offset[PLACES];
	struct btf b;

	memset(l, 0, sizeof *l);
	memset(l->prog, -1, sizeof l->prog);
	l->named = -1;
	if (btf_read(&b, BTF_FILE, e))
		return -1;
	if (make_map(l, e)) {
		btf_close(&b);
		return -1;
	}
	for (int i = 0; i < PLACES; i++)
		offset[i] = facts[i].type ? btf_member(&b, facts[i].type, facts[i].member) : 0;
	for (int h = 0; h < LOCK_HOOK_COUNT; h++)
		load_one(l, &b, offset, (enum lock_hook)h);
	btf_close(&b);
	return 0;
}

void lsm_close(struct lsm *l)
{
	for (int h = 0; h < LOCK_HOOK_COUNT; h++)
		if (l->prog[h] >= 0)
			close(l->prog[h]);
	if (l->named >= 0)
		close(l->named);
}

/* --- naming and sealing --- */

int lsm_name(struct lsm *l, pid_t pid, uint32_t what, struct err *e)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), n;

	if (fd < 0)
		return err_sys(e, errno, "no process %d", (int)pid);
	n = what ? call_update(l->named, (__u32)fd, &what) : call_delete(l->named, (__u32)fd);
	close(fd);
	return n ? err_sys(e, -n, "cannot name process %d", (int)pid) : 0;
}

static const char *pin_path(const char *name, char buf[static 96])
{
	snprintf(buf, 96, LOCK_PIN "/%s", name);
	return buf;
}

static int seal_one(struct lsm *l, enum lock_hook h, struct err *e)
{
	int link = call_lsm_attach(l->prog[h]), n;
	char path[96];

	if (link < 0)
		return err_sys(e, -link, "cannot put the hook %s in force", rows[h].name);
	n = call_pin(link, pin_path(rows[h].name, path));
	close(link);
	return n ? err_sys(e, -n, "cannot pin %s", path) : 0;
}

int lsm_seal(struct lsm *l, struct err *e)
{
	char path[96];
	int h;

	if (mkdir(LOCK_PIN, 0700))
		return err_sys(e, errno, "cannot make %s", LOCK_PIN);
	for (h = 0; h < LOCK_HOOK_COUNT; h++)
		if (l->prog[h] >= 0 && seal_one(l, (enum lock_hook)h, e))
			break;
	if (h == LOCK_HOOK_COUNT)
		return 0;
	while (h-- > 0)
		unlink(pin_path(rows[h].name, path));
	rmdir(LOCK_PIN);
	return -1;
}

int lsm_sealed(void)
{
	char path[96];

	return !access(pin_path(rows[LOCK_bpf].name, path), F_OK);
}
