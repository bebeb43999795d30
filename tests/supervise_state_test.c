// SPDX-License-Identifier: MIT
// What becomes of a supervised program, in virtual time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>

#include "supervise/state.h"
#include "supervise/throttle.h"

#define S   SUP_S
#define DAY (24 * 3600 * S)

static struct sup s;
static uint64_t now;

static int begin(void **state)
{
	s = (struct sup){.restart = SUP_ALWAYS, .stop_timeout = 10 * S};
	now = S;
	return 0;
}

static void does(enum sup_event e, enum sup_do d, enum sup_state then)
{
	assert_int_equal(sup_event(&s, e, now), d);
	assert_string_equal(sup_state_name(s.state), sup_state_name(then));
}

static void start(void)
{
	does(SUP_START, SUP_DO_START, SUP_STARTING);
	does(SUP_STARTED, SUP_NOTHING, SUP_RUNNING);
}

/* Lets it wait until it is started again; returns how long that took. */
static uint64_t started_after(void)
{
	uint64_t from = now;

	assert_int_equal(s.state, SUP_WAITING);
	now = s.due;
	does(SUP_TIMER, SUP_DO_START, SUP_STARTING);
	does(SUP_STARTED, SUP_NOTHING, SUP_RUNNING);
	return now - from;
}

static void policies(void **state)
{
	static const enum sup_event ends[] = {SUP_EXIT_OK, SUP_EXIT_FAILED, SUP_EXIT_CRASHED,
					      SUP_EXIT_COUNTED};
	static const enum sup_state want[3][4] = {
	    [SUP_ALWAYS] = {SUP_WAITING, SUP_WAITING, SUP_WAITING, SUP_WAITING},
	    [SUP_ON_FAILURE] = {SUP_STOPPED, SUP_WAITING, SUP_WAITING, SUP_WAITING},
	    [SUP_NEVER] = {SUP_STOPPED, SUP_FAILED, SUP_FAILED, SUP_FAILED}};

	for (unsigned p = SUP_ALWAYS; p <= SUP_NEVER; p++)
		for (unsigned i = 0; i < 4; i++) {
			begin(state);
			s.restart = (uint8_t)p;
			start();
			does(ends[i], SUP_NOTHING, want[p][i]);
		}
}

static void delay_doubles(void **state)
{
	static const unsigned want[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300};

	start();
	for (unsigned i = 0; i < sizeof want / sizeof *want; i++) {
		does(SUP_EXIT_CRASHED, SUP_NOTHING, SUP_WAITING);
		assert_int_equal(started_after(), want[i] * S);
	}
	assert_int_equal(s.crashes, 12);
	does(SUP_EXIT_FAILED, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(started_after(), SUP_FAIL_MOST);
	does(SUP_EXIT_OK, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(started_after(), SUP_CLEAN);
	does(SUP_EXIT_CRASHED, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(started_after(), 300 * S); /* a clean end has forgiven nothing */
}

static void forgiven_by_running_alone(void **state)
{
	start();
	for (int i = 0; i < 5; i++) {
		does(SUP_EXIT_CRASHED, SUP_NOTHING, SUP_WAITING);
		started_after();
	}
	assert_int_equal(s.level, 5);
	now += SUP_FORGIVE - 1;
	does(SUP_ALIVE, SUP_NOTHING, SUP_RUNNING);
	assert_int_equal(s.level, 5);
	now += 1;
	does(SUP_ALIVE, SUP_NOTHING, SUP_RUNNING);
	assert_int_equal(s.level, 4);
	does(SUP_STOP, SUP_DO_SIGNAL, SUP_STOPPING);
	does(SUP_EXIT_OK, SUP_NOTHING, SUP_STOPPED);
	now += 100 * SUP_FORGIVE; /* stopped: forgives nothing */
	start();
	assert_int_equal(s.level, 4);
	now += 100 * SUP_FORGIVE;
	does(SUP_EXIT_CRASHED, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(s.level, 1); /* and nothing is saved up beyond that */
	started_after();
	does(SUP_EXIT_CRASHED, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(s.level, 2);
}

static void orderly_stop(void **state)
{
	start();
	does(SUP_STOP, SUP_DO_SIGNAL, SUP_STOPPING);
	assert_int_equal(s.due, now + 10 * S);
	now = s.due;
	does(SUP_TIMER, SUP_DO_KILL, SUP_STOPPING);
	now = s.due;
	does(SUP_TIMER, SUP_DO_KILL, SUP_STOPPING); /* until it is gone */
	does(SUP_EXIT_FAILED, SUP_NOTHING, SUP_STOPPED);
	assert_int_equal(s.level, 0); /* being killed is no failure of its own */
	does(SUP_STOP, SUP_NOTHING, SUP_STOPPED);
}

static void restart_by_the_owner(void **state)
{
	start();
	does(SUP_STOP, SUP_DO_SIGNAL, SUP_STOPPING);
	does(SUP_START, SUP_NOTHING, SUP_STOPPING);
	does(SUP_EXIT_OK, SUP_DO_START, SUP_STARTING);
	does(SUP_STARTED, SUP_NOTHING, SUP_RUNNING);
	does(SUP_EXIT_CRASHED, SUP_NOTHING, SUP_WAITING);
	does(SUP_START, SUP_DO_START, SUP_STARTING); /* the owner does not wait */
	does(SUP_START_FAILED, SUP_NOTHING, SUP_WAITING);
	does(SUP_STOP, SUP_NOTHING, SUP_STOPPED);
	start();
	does(SUP_STOP, SUP_DO_SIGNAL, SUP_STOPPING);
	does(SUP_START, SUP_NOTHING, SUP_STOPPING);
	does(SUP_EXIT_CRASHED, SUP_NOTHING, SUP_WAITING); /* but a crash on the way out counts */
}

static void stop_while_it_starts(void **state)
{
	does(SUP_START, SUP_DO_START, SUP_STARTING);
	does(SUP_STOP, SUP_NOTHING, SUP_STOPPING);
	does(SUP_STARTED, SUP_DO_SIGNAL, SUP_STOPPING);
	does(SUP_EXIT_OK, SUP_NOTHING, SUP_STOPPED);
}

static void children(void **state)
{
	start();
	does(SUP_CHILD_CRASHED, SUP_NOTHING, SUP_RUNNING); /* now and then: let it be */
	now += SUP_FORGIVE;
	does(SUP_CHILD_CRASHED, SUP_NOTHING, SUP_RUNNING);
	does(SUP_CHILD_CRASHED, SUP_NOTHING, SUP_STOPPING);
	does(SUP_CHILD_CRASHED, SUP_NOTHING, SUP_STOPPING);
	now = s.due;
	does(SUP_TIMER, SUP_DO_KILL, SUP_STOPPING);
	does(SUP_EXIT_FAILED, SUP_NOTHING, SUP_WAITING);
	does(SUP_CHILD_CRASHED, SUP_NOTHING, SUP_WAITING);		      /* told late */
	assert_int_equal(started_after(), (1 + 2 + 4 + 8) * S - SUP_OWN_END); /* each adds */
	assert_int_equal(s.child_crashes, 5);
	begin(state);
	s.restart = SUP_NEVER;
	start();
	does(SUP_CHILD_CRASHED, SUP_NOTHING, SUP_RUNNING);
	does(SUP_CHILD_CRASHED, SUP_NOTHING, SUP_STOPPING);
	does(SUP_EXIT_COUNTED, SUP_NOTHING, SUP_STOPPED); /* it was its own */
	assert_int_equal(s.crashes, 1);
	assert_int_equal(s.child_crashes, 1);
}

static void a_flood_of_crashes_is_bounded(void **state)
{
	start();
	for (int i = 0; i < 100000; i++)
		sup_event(&s, SUP_CHILD_CRASHED, now);
	does(SUP_EXIT_FAILED, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(started_after(), SUP_WAIT_MOST);
}

static void watchdog(void **state)
{
	s.watchdog = 5 * S;
	start();
	assert_int_equal(s.due, now + 5 * S);
	now += 4 * S;
	does(SUP_ALIVE, SUP_NOTHING, SUP_RUNNING);
	assert_int_equal(s.due, now + 5 * S);
	now = s.due;
	does(SUP_TIMER, SUP_DO_KILL, SUP_STOPPING);
	does(SUP_ALIVE, SUP_NOTHING, SUP_STOPPING);
	does(SUP_EXIT_FAILED, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(started_after(), 1 * S);
	does(SUP_WATCHDOG, SUP_DO_KILL, SUP_STOPPING);
	does(SUP_EXIT_FAILED, SUP_NOTHING, SUP_WAITING);
	assert_int_equal(started_after(), 2 * S);
	assert_int_equal(s.watchdogs, 2);
}

static void of_status(void **state)
{
	static const int crash[] = {SIGSEGV, SIGILL, SIGBUS, SIGABRT, SIGSYS, SIGTRAP, SIGFPE};

	for (unsigned i = 0; i < sizeof crash / sizeof *crash; i++) {
		assert_int_equal(sup_of_status(crash[i]), SUP_EXIT_CRASHED);
		assert_int_equal(sup_of_status(crash[i] | 0x80), SUP_EXIT_CRASHED);
		assert_int_equal(sup_of_status((128 + crash[i]) << 8), SUP_EXIT_CRASHED);
		assert_int_equal(sup_of_status(crash[i] << 8), SUP_EXIT_FAILED);
	}
	assert_int_equal(sup_of_status(0), SUP_EXIT_OK);
	assert_int_equal(sup_of_status(1 << 8), SUP_EXIT_FAILED);
	assert_int_equal(sup_of_status(SIGKILL), SUP_EXIT_FAILED);
	assert_int_equal(sup_of_status((128 + SIGTERM) << 8), SUP_EXIT_FAILED);
}

/* Any events at all: the promises hold that the loop relies on. */
static void any_order(void **state)
{
	uint64_t seed = 88172645463325252ull;

	for (int i = 0; i < 300000; i++) {
		enum sup_do d;
		uint32_t starts = s.starts;

		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		now += seed % (400 * S) & -(uint64_t)(seed >> 60 & 1);
		d = sup_event(&s, (enum sup_event)(seed >> 8) % SUP_EVENTS, now);
		assert_true(s.state < SUP_STATES && s.level <= SUP_LEVELS);
		assert_int_equal(d == SUP_DO_START, s.state == SUP_STARTING && s.starts > starts);
		assert_true(d != SUP_DO_KILL || s.state == SUP_STOPPING);
		assert_true(s.state != SUP_WAITING || (s.due && s.due <= now + SUP_WAIT_MOST));
		assert_true(s.state != SUP_STOPPING || s.due);
		assert_true(s.since <= now);
	}
}

static void a_day_for_a_thousand(void **state)
{
	unsigned n;
	const struct throttle_schedule *t = throttle_schedules(&n);

	for (unsigned i = 0; i < n; i++)
		assert_true(throttle_play(&t[i], 1000) > DAY);
}

static void a_day_for_a_thousand_by_chance(void **state)
{
	struct throttle_schedule t;
	uint64_t seed = 7;

	for (int i = 0; i < 5000; i++) {
		throttle_chance(&t, &seed, 64);
		assert_true(throttle_play(&t, 1000) > DAY);
	}
}

/* The search can find what is there to be found: with fewer attempts it does take less. */
static void the_search_is_no_formality(void **state)
{
	unsigned n;
	const struct throttle_schedule *t = throttle_schedules(&n);

	assert_true(throttle_play(&t[0], 10) == (1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256) * S);
	assert_true(throttle_play(&t[0], 100) < DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(policies, begin),
	    cmocka_unit_test_setup(delay_doubles, begin),
	    cmocka_unit_test_setup(forgiven_by_running_alone, begin),
	    cmocka_unit_test_setup(orderly_stop, begin),
	    cmocka_unit_test_setup(restart_by_the_owner, begin),
	    cmocka_unit_test_setup(stop_while_it_starts, begin),
	    cmocka_unit_test_setup(children, begin),
	    cmocka_unit_test_setup(a_flood_of_crashes_is_bounded, begin),
	    cmocka_unit_test_setup(watchdog, begin),
	    cmocka_unit_test_setup(of_status, begin),
	    cmocka_unit_test_setup(any_order, begin),
	    cmocka_unit_test(a_day_for_a_thousand),
	    cmocka_unit_test(a_day_for_a_thousand_by_chance),
	    cmocka_unit_test(the_search_is_no_formality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
