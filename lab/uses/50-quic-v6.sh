# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/06-quic.sh
. "$here/06-quic.sh"
family=6 title="IPv6: $title"
