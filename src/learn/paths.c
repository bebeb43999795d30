// SPDX-License-Identifier: MIT
#include "learn/paths.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "learn/room.h"
#include "sandbox/profile_keys.h"

#define MANY 3 /* files of one folder: the folder instead */

/* Shown by every sandbox, read-only. */
static const char *const shown[] = {"/usr/lib",
				    "/usr/lib32",
				    "/usr/lib64",
				    "/usr/local/lib",
				    "/usr/share",
				    "/lib",
				    "/lib32",
				    "/lib64",
				    "/proc",
				    "/etc/alternatives",
				    "/dev/fd",
				    "/dev/log",
				    "/etc/ssl/certs",
				    "/etc/ld.so.cache",
				    "/etc/ld.so.preload",
				    "/etc/nsswitch.conf",
				    "/etc/host.conf",
				    "/etc/hostname",
				    "/etc/hosts",
				    "/etc/resolv.conf",
				    "/etc/gai.conf",
				    "/etc/localtime",
				    "/etc/timezone",
				    "/etc/passwd",
				    "/etc/group",
				    "/etc/protocols",
				    "/etc/services",
				    "/etc/mime.types",
				    "/etc/os-release",
				    "/etc/ssl/openssl.cnf",
				    NULL};
static const char *const nodes[] = {"/dev/null",    "/dev/zero", "/dev/full",  "/dev/random",
				    "/dev/urandom", "/dev/tty",	 "/dev/stdin", "/dev/stdout",
				    "/dev/stderr",  NULL};
/* Empty, writable and its own in every sandbox. */
static const char *const own[] = {"/tmp", "/var/tmp", "/dev/shm", "/run", "/var/run", NULL};
/* Folders of many programs: never given as a whole. */
static const char *const shared[] = {
    "/",	  "/bin",     "/boot",	  "/dev",     "/etc",	    "/home",	    "/home/*",
    "/lib",	  "/mnt",     "/opt",	  "/proc",    "/root",	    "/run",	    "/sbin",
    "/srv",	  "/sys",     "/tmp",	  "/usr",     "/usr/*",	    "/usr/local/*", "/var",
    "/var/cache", "/var/lib", "/var/log", "/var/run", "/var/spool", "/var/tmp",	    "/var/local",
    "/var/mail",  "/media",   "/sys/*",	  "/dev/*",   NULL};
static const char *const secrets[] = {
    "/etc/shadow*", "/etc/gshadow*", "/etc/sudoers*", "/etc/ssh/ssh_host_*",   "*/.ssh/*",
    "*/.gnupg/*",   "/root/*",	     "/home/*/.*",    "/etc/security/opasswd", NULL};

static bool below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && (path[n] == '/' || !path[n] || !strcmp(folder, "/"));
}

static bool below_any(const char *path, const char *const *list)
{
	for (; *list; list++)
		if (below(path, *list))
			return true;
	return false;
}

/* A folder name in the list stands for itself alone, '*' for one name. */
static bool in_list(const char *path, const char *const *list)
{
	for (; *list; list++)
		if (!fnmatch(*list, path, FNM_PATHNAME))
			return true;
	return false;
}

static bool is_secret(const char *path)
{
	for (const char *const *s = secrets; *s; s++)
		if (!fnmatch(*s, path, 0))
			return true;
	return false;
}

static void parent_of(const char *path, char to[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(to, PATH_MAX, "%.*s", slash && slash != path ? (int)(slash - path) : 1, path);
}

/* Was it, or a folder it is in, made by the program itself? */
static bool made(const struct facts *f, const char *path)
{
	char at[PATH_MAX];

	snprintf(at, sizeof at, "%s", path);
	while (strcmp(at, "/")) {
		char up[PATH_MAX];

		if (facts_find(f, FACT_MAKE, at))
			return true;
		parent_of(at, up);
		strcpy(at, up);
	}
	return false;
}

enum { WANT_READ = 1, WANT_WRITE = 2, WANT_OPTIONAL = 4 };

struct want {
	char *path;
	unsigned how;
	bool folder;
};

struct wants {
	struct want *want;
	size_t count, held;
	const struct facts *f;
	struct lines *to;
};

static void remark(struct wants *w, const char *fmt, const char *path)
{
	char text[PATH_MAX + 160];

	snprintf(text, sizeof text, fmt, path);
	lines_remark(w->to, text);
}

/* What no profile may say is no line of one: a remark, and what it read there stays. Returns what
 * is left. */
static unsigned may_want(struct wants *w, const char *path, unsigned how)
{
	const char *never = how & WANT_WRITE ? profile_path_never(path, PROFILE_WRITE) : NULL;
	char fmt[160];

	if (!never)
		return how;
	snprintf(fmt, sizeof fmt, "wrote to %%s: not given, %s.",
		 strncmp(never, "never: ", 7) ? never : never + 7);
	remark(w, fmt, path);
	return how & ~(unsigned)WANT_WRITE;
}

static void want(struct wants *w, const char *path, unsigned how, bool folder)
{
	how = may_want(w, path, how);
	if (!(how & (WANT_READ | WANT_WRITE)))
		return;
	for (size_t i = 0; i < w->count; i++)
		if (!strcmp(w->want[i].path, path)) {
			w->want[i].how = (w->want[i].how & how & WANT_OPTIONAL) |
					 ((w->want[i].how | how) & ~(unsigned)WANT_OPTIONAL);
			w->want[i].folder |= folder;
			return;
		}
	w->want = room_for_one(w->want, w->count, &w->held, sizeof *w->want);
	w->want[w->count++] = (struct want){room_text(path), how, folder};
}

/* A name was made or removed: that takes the folder. */
static void want_make(struct wants *w, const char *path)
{
	char folder[PATH_MAX];
	struct stat st;

	parent_of(path, folder);
	if (made(w->f, folder)) /* in a folder that it has made: that one's parent counts */
		return;
	if (in_list(folder, own))
		return;
	if (!in_list(folder, shared))
		want(w, folder, WANT_WRITE, true);
	else if (!stat(path, &st))
		want(w, path, WANT_WRITE, S_ISDIR(st.st_mode));
	else
		remark(w,
		       "made and removed %s: not allowed, since its folder is not its own alone; "
		       "give it a folder of its own.",
		       path);
}

static void want_file(struct wants *w, const struct fact *x)
{
	struct stat st;

	if ((x->kind == FACT_MAKE || x->kind == FACT_REMAKE) && below(x->text, "/proc"))
		return; /* nothing is made there: a file without a name, linked by its descriptor */
	if (x->kind != FACT_MAKE && x->kind != FACT_REMAKE && below_any(x->text, own) &&
	    made(w->f, x->text))
		return;
	if (x->kind != FACT_WRITE && below(x->text, "/sys/fs/cgroup")) {
		/* Its name is another one on each machine, and in the sandbox. */
		remark(w, "read %s: not given, it is the control group of this run.", x->text);
		return;
	}
	switch (x->kind) {
	case FACT_READ:
		want(w, x->text, WANT_READ, false);
		break;
	case FACT_WRITE:
		if (below(x->text, "/dev/pts"))
			break; /* a terminal: put_devices() */
		if (below(x->text, "/proc") || below(x->text, "/sys/fs/cgroup"))
			remark(w, "wrote to %s: not allowed.", x->text);
		else if (!made(w->f, x->text) || !stat(x->text, &st))
			want(w, x->text, WANT_WRITE, false);
		break;
	case FACT_MAKE:
	case FACT_REMAKE:
		want_make(w, x->text);
		break;
	case FACT_LIST:
		if (in_list(x->text, shared) && !in_list(x->text, own))
			remark(w, "listed %s: not allowed, since it is not its own alone.",
			       x->text);
		else if (!in_list(x->text, own))
			want(w, x->text, WANT_READ, true);
		break;
	case FACT_LOOK:
		want(w, x->text, WANT_READ | WANT_OPTIONAL, false);
		break;
	case FACT_LOOK_DIR:
		if (!in_list(x->text, shared) && !in_list(x->text, own))
			want(w, x->text, WANT_READ | WANT_OPTIONAL, true);
		break;
	default:
		break;
	}
}

/* Many files of one folder are the folder. */
static void gather(struct wants *w, unsigned how)
{
	for (size_t i = 0, count = w->count; i < count; i++) {
		char folder[PATH_MAX], other[PATH_MAX];
		unsigned n = 0;

		parent_of(w->want[i].path, folder);
		if (w->want[i].folder || !(w->want[i].how & how) || in_list(folder, shared) ||
		    is_secret(w->want[i].path))
			continue;
		for (size_t k = 0; k < count; k++) {
			parent_of(w->want[k].path, other);
			n += !w->want[k].folder && w->want[k].how & how && !strcmp(folder, other);
		}
		if (n >= MANY)
			want(w, folder, how, true);
	}
}

static bool covered(const struct wants *w, size_t i)
{
	const struct want *a = &w->want[i];

	if (!(a->how & WANT_WRITE) && below_any(a->path, shown))
		return true;
	for (size_t k = 0; k < w->count; k++) {
		const struct want *b = &w->want[k];

		if (k == i || !b->folder || !below(a->path, b->path) || is_secret(a->path))
			continue;
		if (b->how & WANT_WRITE || (!(a->how & WANT_WRITE) && b->how & WANT_READ &&
					    (!(b->how & WANT_OPTIONAL) || a->how & WANT_OPTIONAL)))
			return true;
	}
	return false;
}

/* A folder that was only looked at is there anyway when something in it is. */
static bool is_way(const struct wants *w, size_t i, const char *program)
{
	const struct want *a = &w->want[i];

	if (!a->folder || !(a->how & WANT_OPTIONAL))
		return false;
	if (below(program, a->path))
		return true;
	for (size_t k = 0; k < w->count; k++)
		if (k != i && strcmp(w->want[k].path, a->path) && below(w->want[k].path, a->path) &&
		    !covered(w, k))
			return true;
	return false;
}

static const char *first_seen(const struct facts *f, const char *path)
{
	static const enum fact_kind kinds[] = {FACT_WRITE, FACT_READ, FACT_LIST,
					       FACT_MAKE,  FACT_LOOK, FACT_LOOK_DIR};
	static const char *const words[] = {"written", "read",	    "listed",
					    "made",    "looked at", "looked at"};
	static char text[64];

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct fact *x = facts_find(f, kinds[i], path);

		if (x) {
			snprintf(text, sizeof text, "%s first at %.1f s", words[i], x->first);
			return text;
		}
	}
	return "for files in it";
}

static void put(struct wants *w, const struct want *x)
{
	char value[PATH_MAX + 1], note[160];
	bool writes = x->how & WANT_WRITE;
	struct stat st;

	snprintf(value, sizeof value, "%s%s", x->how & WANT_OPTIONAL ? "-" : "", x->path);
	snprintf(note, sizeof note, "%s%s", first_seen(w->f, x->path),
		 !stat(x->path, &st) && !(st.st_mode & S_IROTH) ? "; not readable for all users"
								: "");
	if (is_secret(x->path)) {
		char offered[200];

		snprintf(offered, sizeof offered, "holds secrets, not given: %s", note);
		lines_add(w->to, "allow", writes ? "write" : "read", value, LINE_OFFERED, 0,
			  offered);
		return;
	}
	lines_add(w->to, "allow", writes ? "write" : "read", value, LINE_SEEN, 1, note);
}

static bool is_terminal(const char *path)
{
	return below(path, "/dev/pts") || !strcmp(path, "/dev/ptmx");
}

static bool is_first_terminal(const struct wants *w, const struct fact *x)
{
	const struct fact *f = w->f->fact;

	while (f->kind != FACT_DEVICE || !is_terminal(f->text))
		f++;
	return f == x;
}

static void put_devices(struct wants *w, const struct fact *x)
{
	if (in_list(x->text, nodes) || below(x->text, "/proc"))
		return;
	if (is_terminal(x->text)) {
		if (is_first_terminal(w, x))
			lines_add(w->to, "allow", "device", "/dev/ptmx", LINE_SEEN, 1,
				  "terminals of its own");
		return;
	}
	lines_add(w->to, "allow", "device", x->text, LINE_SEEN, 1, "opened");
}

/* A link in a folder that every sandbox shows is there already; what counts is where it leads,
 * which may be one program under many names. */
static const char *program_path(const struct fact *x, char real[PATH_MAX])
{
	return below_any(x->text, shown) && realpath(x->text, real) ? real : x->text;
}

static void put_program(struct wants *w, size_t at)
{
	const struct fact *fact = w->f->fact;
	char real[PATH_MAX], other[PATH_MAX];
	const char *path = program_path(&fact[at], real);

	for (size_t i = 0; i < at; i++)
		if (fact[i].kind == FACT_EXEC && !strcmp(program_path(&fact[i], other), path))
			return;
	lines_add(w->to, "allow", "exec-also", path, LINE_SEEN, 1, "executed");
}

void paths_lines(const struct facts *f, const char *program, struct lines *to)
{
	struct wants w = {.f = f, .to = to};

	for (size_t i = 0; i < f->count; i++) {
		const struct fact *x = &f->fact[i];

		if (x->kind >= FACT_READ && x->kind <= FACT_LOOK_DIR && strcmp(x->text, program) &&
		    !facts_find(f, FACT_EXEC, x->text))
			want_file(&w, x);
		else if (x->kind == FACT_DEVICE)
			put_devices(&w, x);
		else if (x->kind == FACT_EXEC)
			put_program(&w, i);
	}
	gather(&w, WANT_READ);
	gather(&w, WANT_WRITE);
	for (size_t i = 0; i < w.count; i++)
		if (!covered(&w, i) && !is_way(&w, i, program))
			put(&w, &w.want[i]);
	for (size_t i = 0; i < w.count; i++)
		free(w.want[i].path);
	free(w.want);
}
