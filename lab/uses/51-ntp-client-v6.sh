# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/08-ntp-client.sh
. "$here/08-ntp-client.sh"
family=6 title="IPv6: $title"
