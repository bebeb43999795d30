# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/04-camera.sh
. "$here/04-camera.sh"
family=6 title="IPv6: $title"
