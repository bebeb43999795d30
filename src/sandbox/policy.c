// SPDX-License-Identifier: MIT
#include "sandbox/policy.h"

#include <asm/unistd.h>
#include <stddef.h>
#include <string.h>

/* Newer than some libc's headers; from 424 on all processors share numbers. */
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 (POLICY_BASE + 452)
#endif
#ifndef __NR_statmount
#define __NR_statmount (POLICY_BASE + 457)
#endif
#ifndef __NR_listmount
#define __NR_listmount (POLICY_BASE + 458)
#endif
#ifndef __NR_lsm_set_self_attr
#define __NR_lsm_set_self_attr (POLICY_BASE + 460)
#endif

struct row {
	uint16_t call;
	uint8_t verdict; /* enum verdict */
	uint32_t power;	 /* POWER_BIT()s, each of which lets it pass */
};

static const struct row rows[] = {
#include "policy_rows.h"
};

/* What no program can do without, learned or not. */
static const uint16_t always[] = {
#ifdef __NR_sigreturn
    __NR_sigreturn,
#endif
    __NR_rt_sigreturn, __NR_exit, __NR_exit_group, __NR_restart_syscall,
};

static bool bit(const uint8_t *set, unsigned n)
{
	return set[n / 8] >> (n % 8) & 1;
}

static bool lists(const struct profile *p, enum profile_access access)
{
	for (unsigned i = 0; i < p->paths; i++)
		if (p->path[i].access == access)
			return true;
	return false;
}

/* A call with a row: the row's rule holds even for a call that is on the list, but for those that
 * are refused as a whole, which the profile may allow by name. */
static uint8_t ruled(const struct profile *p, const struct row *r, bool listed)
{
	bool whole = r->verdict == VERDICT_REFUSE || r->verdict == VERDICT_NOSYS;

	if (r->verdict == VERDICT_EXEC)
		return VERDICT_EXEC;
	if (p->powers & r->power || (listed && whole))
		return VERDICT_ALLOW;
	if (p->learned && !listed && r->verdict != VERDICT_NOSYS)
		return VERDICT_REFUSE;
	return r->verdict;
}

/* Where nobody can be asked: ports are closed to programs that listen on none. */
static uint8_t unasked(const struct profile *p, unsigned n)
{
	bool port = n == __NR_bind - POLICY_BASE || n == __NR_listen - POLICY_BASE;

	return port && !p->listens ? VERDICT_REFUSE : VERDICT_ALLOW;
}

void policy_make(struct policy *to, const struct profile *p, bool mdwe, bool notify)
{
	*to = (struct policy){.powers = p->powers,
			      .mdwe = mdwe,
			      .exec_any = lists(p, PROFILE_EXEC),
			      .paths = notify && p->report == REPORT_ALL,
			      .notify = notify};
	for (unsigned n = 0; n < PROFILE_CALLS; n++)
		to->verdict[n] =
		    p->learned && !bit(p->call_allow, n) ? VERDICT_REFUSE : VERDICT_ALLOW;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned n = rows[i].call - POLICY_BASE;

		to->verdict[n] = ruled(p, &rows[i], bit(p->call_allow, n));
	}
	/* Its flags lie in memory, where a filter cannot see them: libc falls back on clone. */
	to->verdict[__NR_clone3 - POLICY_BASE] =
	    p->powers & POWER_BIT(POWER_USER_NS) ? VERDICT_ALLOW : VERDICT_NOSYS;
	if (bit(p->call_allow, __NR_clone3 - POLICY_BASE) &&
	    to->verdict[__NR_clone - POLICY_BASE] == VERDICT_REFUSE)
		to->verdict[__NR_clone - POLICY_BASE] = VERDICT_CLONE;
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		to->verdict[always[i] - POLICY_BASE] = VERDICT_ALLOW;
	for (unsigned n = 0; n < PROFILE_CALLS; n++)
		if (bit(p->call_deny, n) && to->verdict[n] != VERDICT_EXEC)
			to->verdict[n] = VERDICT_REFUSE;
	for (unsigned n = 0; n < PROFILE_CALLS && !notify; n++)
		if (to->verdict[n] == VERDICT_ASK)
			to->verdict[n] = unasked(p, n);
	for (unsigned n = POLICY_KNOWN; n < PROFILE_CALLS; n++)
		if (!bit(p->call_allow, n))
			to->verdict[n] = VERDICT_NOSYS;
}
