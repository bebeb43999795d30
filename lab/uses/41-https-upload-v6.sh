# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/02-https-upload.sh
. "$here/02-https-upload.sh"
family=6 title="IPv6: $title"
