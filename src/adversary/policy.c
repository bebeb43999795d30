// SPDX-License-Identifier: MIT
#include "adversary/policy.h"

const struct policy *const policies[] = {
    &policy_holdfast, &policy_throttle, &policy_credit, &policy_ratio, &policy_rate, NULL,
};
