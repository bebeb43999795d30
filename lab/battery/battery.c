// SPDX-License-Identifier: MIT
// holdfast-lab-battery: tries, from inside a sandbox, what a hijacked program would try. A line an
// attack: class, name, outcome, errno, detail. What each attack of the table leaves behind is
// harmless; each runs in a process of its own for a few seconds at most.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attack.h"
#include "base/opt.h"

static const struct attack_class classes[] = {
    {"exec", exec_attacks},	    {"memory", memory_attacks},	  {"namespace", space_attacks},
    {"abi", abi_attacks},	    {"process", process_attacks}, {"kernel", kernel_attacks},
    {"device", device_attacks},	    {"file", file_attacks},	  {"mount", mount_attacks},
    {"socket", socket_attacks},	    {"race", race_attacks},	  {"signal", signal_attacks},
    {"terminal", terminal_attacks}, {"own", own_attacks},	  {"bomb", bomb_attacks},
};
enum { CLASSES = sizeof(classes) / sizeof(classes[0]) };

struct args {
	const char *only;
	const char *class;
	bool list, mark;
	uint64_t limit;
	struct facts facts;
};

#define FACT(field) offsetof(struct args, facts.field)
static const struct opt options[] = {
    {"only", 'o', OPT_TEXT, offsetof(struct args, only), "NAME,...", "these attacks"},
    {"class", 'c', OPT_TEXT, offsetof(struct args, class), "CLASS", "attacks of this class"},
    {"list", 'l', OPT_FLAG, offsetof(struct args, list), NULL, "print the table, try nothing"},
    {"mark", 0, OPT_FLAG, offsetof(struct args, mark), NULL, "print the payload's mark"},
    {"limit", 't', OPT_TIME, offsetof(struct args, limit), "TIME", "of one attack (6s)"},
    {"secret", 0, OPT_TEXT, FACT(secret), "FILE", "a secret of another user"},
    {"readable", 0, OPT_TEXT, FACT(readable), "FILE", "a readable secret of another program"},
    {"abstract", 0, OPT_TEXT, FACT(abstract), "NAME", "an outsider's abstract socket"},
    {"socket", 0, OPT_TEXT, FACT(socket), "PATH", "an outsider's socket"},
    {"launcher", 0, OPT_TEXT, FACT(launcher), "FILE", "the program that starts this one"},
    {"run", 0, OPT_TEXT, FACT(run), "DIR", "the supervisor's state"},
    {"state", 0, OPT_TEXT, FACT(state), "DIR", "a folder given to this program"},
    {"key", 0, OPT_NUMBER, FACT(key), "KEY", "an outsider's shared memory"},
    {"mate", 0, OPT_NUMBER, FACT(mate), "PID", "a process outside with this uid"},
    {"stranger", 0, OPT_NUMBER, FACT(stranger), "PID", "a process outside with another uid"},
    {0},
};
static const struct opt_use use = {"",	"tries what a hijacked program would try", options, 0, 0,
				   NULL};

static bool named(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; (at = strstr(at, name)); at += n) {
		if ((at == list || at[-1] == ',') && (!at[n] || at[n] == ','))
			return true;
	}
	return false;
}

static bool wanted(const struct args *a, const struct attack_class *c, const struct attack *t)
{
	return (!a->class || !strcmp(a->class, c->name)) && (!a->only || named(a->only, t->name));
}

/* The attack's process: in a group of its own, so that all it started ends with it. */
static void attack_process(const struct attack *t, struct result *r)
{
	struct result own = {REFUSED, 0, ""};

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	t->run(&own, t->word);
	*r = own;
	_exit(0);
}

static void reap(pid_t child, uint64_t limit_ns, int *status)
{
	const struct timespec nap = {0, 2000000};

	for (uint64_t waited = 0; waited < limit_ns; waited += 2000000) {
		if (waitpid(child, status, WNOHANG) == child)
			return;
		nanosleep(&nap, NULL);
	}
	kill(child, SIGKILL);
	waitpid(child, status, 0);
	*status = SIGALRM; /* as if ended by it */
}

static void try(const struct attack *t, uint64_t limit, struct result *r)
{
	int status = 0;
	pid_t child;

	*r = (struct result){REFUSED, 0, ""};
	fflush(stdout);
	child = fork();
	if (!child)
		attack_process(t, r);
	if (child < 0) {
		refused(r, "no process for it");
		return;
	}
	reap(child, limit, &status);
	kill(-child, SIGKILL); /* what it left */
	if (WIFSIGNALED(status) && r->outcome == REFUSED)
		snprintf(r->detail, sizeof(r->detail), "ended by signal %d", WTERMSIG(status));
}

static void print(const char *class, const struct attack *t, const struct result *r)
{
	static const char *const words[] = {"refused", "succeeded", "absent"};

	printf("%s\t%s\t%s\t%d\t%s\n", class, t->name, words[r->outcome], r->error, r->detail);
}

static unsigned run_all(const struct args *a)
{
	struct result *r =
	    mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned won = 0;

	if (r == MAP_FAILED)
		return 0;
	for (unsigned c = 0; c < CLASSES; c++) {
		for (const struct attack *t = classes[c].attack; t->name; t++) {
			if (!wanted(a, &classes[c], t))
				continue;
			if (a->list) {
				printf("%s\t%s\t%s\n", classes[c].name, t->name, t->what);
				continue;
			}
			try(t, a->limit, r);
			print(classes[c].name, t, r);
			won += r->outcome == SUCCEEDED;
		}
	}
	printf("end\n");
	return won;
}

int main(int argc, char **argv)
{
	struct args a = {.limit = 6000000000ull};
	struct err e = {0};
	int n = opt_parse(&use, argc, argv, &a, &e);

	if (n == OPT_WANTS_HELP) {
		opt_help(&use, "holdfast-lab-battery", stdout);
		return EXIT_DONE;
	}
	if (n < 0) {
		fprintf(stderr, "holdfast-lab-battery: %s\n", e.text);
		return e.code;
	}
	if (a.mark)
		return printf(PAYLOAD_MARK) < 0;
	signal(SIGPIPE, SIG_IGN);
	facts = a.facts;
	return run_all(&a) ? EXIT_NO : EXIT_DONE;
}
