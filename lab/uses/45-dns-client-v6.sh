# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/10-dns-client.sh
. "$here/10-dns-client.sh"
family=6 title="IPv6: $title"
