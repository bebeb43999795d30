// SPDX-License-Identifier: MIT
#include "adversary/policies.h"

const struct policy *const policies[] = {
    &policy_holdfast, &policy_throttle, &policy_credit, &policy_ratio, &policy_rate, NULL,
};
