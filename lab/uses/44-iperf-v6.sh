# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/26-iperf-up.sh
. "$here/26-iperf-up.sh"
family=6 title="IPv6: $title"
