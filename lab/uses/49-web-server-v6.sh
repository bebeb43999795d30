# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/32-web-server.sh
. "$here/32-web-server.sh"
family=6 title="IPv6: $title"
