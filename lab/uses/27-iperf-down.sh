# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/26-iperf-up.sh
. "$here/26-iperf-up.sh"
title="iperf3, TCP down, through a line of 300 Mbit/s"
direction=-R
