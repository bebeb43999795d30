# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/24-ping.sh
. "$here/24-ping.sh"
family=6 title="IPv6: $title"
