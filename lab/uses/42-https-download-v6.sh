# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/03-https-download.sh
. "$here/03-https-download.sh"
family=6 title="IPv6: $title"
