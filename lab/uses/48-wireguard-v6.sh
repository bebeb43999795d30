# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/14-wireguard.sh
. "$here/14-wireguard.sh"
family=6 title="IPv6: $title"
