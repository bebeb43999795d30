// SPDX-License-Identifier: MIT
#include "supervise/throttle.h"

#include "supervise/state.h"

#define MIN (60 * SUP_S)
#define CRASH(wait)                                                                                \
	{                                                                                          \
		SUP_EXIT_CRASHED, 1, wait                                                          \
	}
#define CHILD(n, wait)                                                                             \
	{                                                                                          \
		SUP_CHILD_CRASHED, n, wait                                                         \
	}

static const struct throttle_schedule schedules[] = {
    {"crash at once, for ever", 1, {CRASH(0)}},
    {"crash after a minute of quiet", 1, {CRASH(MIN)}},
    {"crash just before a level is forgiven", 1, {CRASH(SUP_FORGIVE - 1)}},
    {"crash just after a level is forgiven", 1, {CRASH(SUP_FORGIVE)}},
    {"let everything be forgiven, then crash ten times",
     10,
     {CRASH(SUP_LEVELS * SUP_FORGIVE), CRASH(0), CRASH(0), CRASH(0), CRASH(0), CRASH(0), CRASH(0),
      CRASH(0), CRASH(0), CRASH(0)}},
    {"end cleanly between two crashes", 2, {CRASH(0), {SUP_EXIT_OK, 1, 0}}},
    {"fail between two crashes", 2, {CRASH(0), {SUP_EXIT_FAILED, 1, 0}}},
    {"catch the signal and fail", 1, {{SUP_EXIT_FAILED, 1, 0}}},
    {"crash children, one at a time", 1, {CHILD(1, 0)}},
    {"crash 16 children at once", 1, {CHILD(16, 0)}},
    {"crash 16 children at once, when all is forgiven", 1, {CHILD(16, SUP_LEVELS *SUP_FORGIVE)}},
    {"crash a child each time that is free", 1, {CHILD(1, SUP_FORGIVE)}},
    {"crash a child and the program by turns", 2, {CHILD(1, 0), CRASH(0)}},
};

const struct throttle_schedule *throttle_schedules(unsigned *n)
{
	*n = sizeof schedules / sizeof *schedules;
	return schedules;
}

static uint64_t chance(uint64_t *seed, uint64_t below) /* xorshift64* */
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed * 0x2545f4914f6cdd1dull >> 16) % below;
}

void throttle_chance(struct throttle_schedule *s, uint64_t *seed, unsigned burst)
{
	static const uint8_t events[] = {SUP_EXIT_CRASHED,  SUP_EXIT_CRASHED, SUP_CHILD_CRASHED,
					 SUP_CHILD_CRASHED, SUP_EXIT_FAILED,  SUP_EXIT_OK};

	*seed |= !*seed;
	s->name = "by chance";
	s->moves = 1 + (unsigned)chance(seed, THROTTLE_MOVES);
	for (unsigned i = 0; i < s->moves; i++) {
		struct throttle_move *m = &s->move[i];
		uint64_t most = SUP_S << chance(seed, 14); /* up to 4.5 hours, mostly short */

		m->event = events[chance(seed, sizeof events)];
		m->times = (uint8_t)(1 + chance(seed, burst));
		m->quiet = chance(seed, 2) ? chance(seed, most) : 0;
	}
}

struct play {
	struct sup s;
	uint64_t now, first;
	unsigned done, wanted;
};

/* As the loop does: a start takes no time, a killed program is gone at once. */
static void tell(struct play *p, enum sup_event e)
{
	enum sup_do d = sup_event(&p->s, e, p->now);

	if (d == SUP_DO_START)
		sup_event(&p->s, SUP_STARTED, p->now);
	else if (d != SUP_NOTHING)
		tell(p, SUP_EXIT_FAILED);
}

static void attempt(struct play *p, enum sup_event e)
{
	if (p->done < p->wanted && e != SUP_EXIT_OK) {
		if (!p->done)
			p->first = p->now;
		p->done++;
	}
	tell(p, e);
}

static void burst(struct play *p, unsigned times)
{
	for (unsigned i = 0; i < times && p->done < p->wanted; i++)
		attempt(p, SUP_CHILD_CRASHED);
}

static void one_move(struct play *p, const struct throttle_move *m)
{
	while (p->s.state == SUP_WAITING || p->s.state == SUP_STOPPING) {
		p->now = p->s.due;
		tell(p, SUP_TIMER);
	}
	p->now += m->quiet;
	if (m->event == SUP_CHILD_CRASHED)
		burst(p, m->times);
	else
		attempt(p, m->event);
}

uint64_t throttle_play(const struct throttle_schedule *s, unsigned attempts)
{
	struct play p = {
	    .s = {.restart = SUP_ALWAYS, .stop_timeout = SUP_S}, .now = 1, .wanted = attempts};
	bool moved = true;

	tell(&p, SUP_START);
	while (p.done < p.wanted && moved) {
		moved = false;
		for (unsigned i = 0; i < s->moves && p.done < p.wanted; i++) {
			one_move(&p, &s->move[i]);
			moved |= s->move[i].event != SUP_EXIT_OK;
		}
	}
	return p.done < p.wanted ? UINT64_MAX : p.now - p.first;
}
