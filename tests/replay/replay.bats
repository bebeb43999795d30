#!/usr/bin/env bats
# holdfast-kit replay on captures that make_captures.py writes: every link type and container,
# damaged and hostile files, the three reports, exit codes.

setup_file() {
	export CAPTURES=$BATS_FILE_TMPDIR/captures
	"$BATS_TEST_DIRNAME/make_captures.py" "$CAPTURES"
	export KIT=$HOLDFAST_BUILD/src/cli/holdfast-kit
}

replay() {
	run --separate-stderr "$KIT" replay "$@"
	echo "$output" "$stderr"
}

# column NAME of the row of capture $1
out_of() { awk -v f="$1" '$1 == f { print $3 }' <<<"$output"; }
dropped_of() { awk -v f="$1" '$1 == f { print $4 }' <<<"$output"; }
forwarded_of() { awk -v f="$1" '$1 == f { print $6 }' <<<"$output"; }

bats_require_minimum_version 1.5.0

@test "Ethernet: the same in pcap, pcapng, big-endian, nanoseconds and cut to headers" {
	cd "$CAPTURES"
	replay --expect-clean ethernet.pcap ethernet.pcapng big-endian.pcap nano.pcap short.pcap
	[ "$status" -eq 0 ]
	for f in ethernet.pcap ethernet.pcapng big-endian.pcap nano.pcap short.pcap; do
		[ "$(out_of "$f")" -eq 14 ]
	done
}

@test "raw IP, loopback and cooked captures of the same traffic" {
	cd "$CAPTURES"
	replay --expect-clean raw.pcap raw12.pcap raw.pcapng null.pcap null-be.pcap loop.pcap \
		ipv4.pcap ipv6.pcap sll.pcap sll2.pcap
	[ "$status" -eq 0 ]
	for f in raw.pcap raw12.pcap raw.pcapng null.pcap null-be.pcap loop.pcap; do
		[ "$(out_of "$f")" -eq 9 ]
	done
	[ "$(out_of sll.pcap)" -eq 14 ]
	[ "$(out_of sll2.pcap)" -eq 14 ]
	[ "$(out_of ipv4.pcap)" -eq 8 ]
	[ "$(out_of ipv6.pcap)" -ge 1 ]
}

@test "a flood is cut to the same few packets whatever the link type" {
	cd "$CAPTURES"
	replay --expect-clean flood.pcap flood-raw.pcap flood-sll.pcap
	[ "$status" -eq 1 ]
	for f in flood.pcap flood-raw.pcap flood-sll.pcap; do
		[ "$(dropped_of "$f")" -ge 170 ] # 200 packets of 242 bytes; 6 kB pass
	done
	[ "$(dropped_of flood.pcap)" -eq "$(dropped_of flood-sll.pcap)" ]
	[[ "$output" == *silent* ]]
}

@test "what was before the recording: an older connection, one direction, and floods that look so" {
	cd "$CAPTURES"
	replay -d 192.168.7.10 older.pcap dtls-one-way.pcap ack-flood.pcap dtls-many.pcap dtls-hello.pcap
	[ "$(dropped_of older.pcap)" -eq 0 ]
	[ "$(dropped_of dtls-one-way.pcap)" -eq 0 ]
	[[ "$output" == *"dtls-one-way.pcap"*"one direction recorded, not judged: silent"* ]]
	[ "$(dropped_of ack-flood.pcap)" -ge 60 ]
	[ "$(dropped_of dtls-many.pcap)" -ge 60 ]
	[ "$(dropped_of dtls-hello.pcap)" -ge 15 ]
	replay -d 192.168.7.10 --fresh older.pcap dtls-one-way.pcap
	[ "$(dropped_of older.pcap)" -ge 3 ]
	[ "$(dropped_of dtls-one-way.pcap)" -ge 15 ]
	replay -d 192.168.7.10 --json older.pcap
	[[ "$output" == *'"in_use": true'*'"older_connections": 1'* ]]
}

@test "spoofed sources are dropped, a routed phone is counted apart" {
	cd "$CAPTURES"
	replay spoof.pcap behind.pcap behind-silent.pcap
	[ "$status" -eq 0 ]
	[ "$(dropped_of spoof.pcap)" -eq 100 ]
	[ "$(dropped_of behind.pcap)" -eq 0 ]
	[ "$(forwarded_of behind.pcap)" -eq 40 ]
	[ "$(forwarded_of behind-silent.pcap)" -eq 20 ]
}

@test "the device by address and by MAC" {
	cd "$CAPTURES"
	for d in 192.168.7.10 02:00:00:00:00:10 fd00:7::ff:fe00:10; do
		replay -d "$d" ethernet.pcap
		[ "$status" -eq 0 ]
		[ "$(out_of ethernet.pcap)" -eq 14 ]
	done
	replay -d 10.1.2.3 ethernet.pcap
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"ethernet.pcap: device 10.1.2.3 is not in it"* ]]
	replay -d lamp ethernet.pcap
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"'lamp' is neither an address nor a MAC"* ]]
}

@test "a broken capture is one line, its beginning counts, and the others are still replayed" {
	cd "$CAPTURES"
	replay cut-record.pcap text.pcap ethernet.pcap
	[ "$status" -eq 2 ]
	[ "$(wc -l <<<"$stderr")" -eq 2 ]
	[[ "$stderr" == *"cut-record.pcap: packet 25: "* ]]
	[[ "$stderr" == *"text.pcap: not a capture: "* ]]
	[ "$(out_of cut-record.pcap)" -eq 14 ]
	[ "$(out_of ethernet.pcap)" -eq 14 ]
}

@test "every damaged file is refused with one line" {
	cd "$CAPTURES"
	for f in cut-record cut-header cut-file nothing text long-record empty radiotap tiny-cooked; do
		replay "$f.pcap"
		[ "$status" -eq 2 ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
		[[ "$stderr" == "holdfast-kit: $f.pcap: "* ]]
	done
	replay cut.pcapng
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"cut.pcapng: packet 25: "* ]]
	replay radiotap.pcap
	[[ "$stderr" == *"link type IEEE802_11_RADIO (127)"* ]]
}

@test "a file that cannot be opened is the system's refusal, and outranks a broken one" {
	cd "$CAPTURES"
	replay missing.pcap text.pcap
	[ "$status" -eq 3 ]
	[[ "$stderr" == *"missing.pcap: No such file or directory"* ]]
}

@test "clocks that jump and run backwards" {
	cd "$CAPTURES"
	replay --expect-clean jump.pcap backwards.pcap
	[ "$status" -eq 0 ]
	[ "$(out_of jump.pcap)" -eq 22 ]
	[ "$(out_of backwards.pcap)" -eq 28 ]
}

@test "--drops names the packets" {
	cd "$CAPTURES"
	replay --drops 3 flood.pcap
	[ "$(grep -c '> 198.18.9.9:9 ' <<<"$output")" -eq 3 ]
	[[ "$output" == *" silent "*"udp "*"192.168.7.10:5000 > 198.18.9.9:9  242 bytes"* ]]
}

@test "--json is JSON and agrees with the table" {
	cd "$CAPTURES"
	replay flood.pcap text.pcap
	table_dropped=$(dropped_of flood.pcap)
	replay --json --drops 2 flood.pcap text.pcap
	[ "$status" -eq 2 ]
	python3 -c '
import json, sys
d = json.loads(sys.argv[1])
flood, text = d["captures"]
assert flood["dropped"] == int(sys.argv[2]) == sum(flood["drop_reasons"].values())
assert flood["device"]["own"][0] == "192.168.7.10/23", flood["device"]
assert len(flood["drops"]) == 2 and flood["drops"][0]["dst"] == "198.18.9.9"
assert flood["passed"]["packets"] == flood["out"] - flood["dropped"]
assert not text["usable"] and "not a capture" in text["error"]
' "$output" "$table_dropped"
}

@test "--html is one page without outside parts, and hostile names stay text" {
	cp "$CAPTURES/flood.pcap" "$BATS_TEST_TMPDIR/<script>x.pcap"
	cd "$BATS_TEST_TMPDIR"
	replay --html page.html '<script>x.pcap'
	[ "$status" -eq 0 ]
	grep -q '<svg' page.html
	grep -q 'class="dropped"' page.html
	! grep -q '<script' page.html
	! grep -qE '(src|href)=' page.html
	replay --html /nonexistent/page.html '<script>x.pcap'
	[ "$status" -eq 3 ]
	[[ "$stderr" == *"/nonexistent/page.html: No such file or directory"* ]]
}

@test "--manifest judges by group" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p benign/iot_x && cp "$CAPTURES"/{ethernet,flood}.pcap .
	cp "$CAPTURES/ethernet.pcap" benign/iot_x/lamp.pcap
	printf 'file\tcls\tdev\tdevmac\n' >list.tsv
	printf 'benign/iot_x/lamp.pcap\tbenign\t192.168.7.10\t02:00:00:00:00:10\n' >>list.tsv
	printf 'ethernet.pcap\tbenign\t192.168.7.10\tNone\n' >>list.tsv
	printf 'flood.pcap\tattack\t\t02:00:00:00:00:10\n' >>list.tsv
	replay --manifest list.tsv
	[ "$status" -eq 0 ]
	[[ "$output" == *"benign device: 1 captures, 0 touched"*": clean"* ]]
	[[ "$output" == *"benign other: 1 captures, 0 touched"* ]]
	[[ "$output" == *"attack: 1 captures, 1 cut"* ]]
	run --separate-stderr "$KIT" replay --manifest list.tsv --explain-guess
	[[ "$output" == *"3 guesses agree with what is known, 0 differ"* ]]
	sed -i 's/None/lamp/' list.tsv
	replay --manifest list.tsv
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"list.tsv: line 3: 'lamp' is neither"* ]]
	replay --manifest "$CAPTURES/text.pcap"
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"line 1: no column 'file'"* ]]
}

@test "--config tightens the budgets, and is refused when it loosens them" {
	cd "$CAPTURES"
	printf '[budgets]\nsilent-packets.depth = 2\n' >"$BATS_TEST_TMPDIR/tight.conf"
	replay flood.pcap
	loose=$(dropped_of flood.pcap)
	replay --config "$BATS_TEST_TMPDIR/tight.conf" flood.pcap
	[ "$status" -eq 0 ]
	[ "$(dropped_of flood.pcap)" -gt "$loose" ]
	printf '[budgets]\nsilent-packets.depth = 2000\n' >"$BATS_TEST_TMPDIR/loose.conf"
	replay --config "$BATS_TEST_TMPDIR/loose.conf" flood.pcap
	[ "$status" -eq 2 ]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	replay --config /nonexistent.conf flood.pcap
	[ "$status" -eq 3 ]
}

@test "no escape sequences outside a terminal, and no file is wrong use" {
	cd "$CAPTURES"
	replay flood.pcap
	[[ "$output" != *$'\e'* ]]
	replay
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"FILE is missing"* ]]
	replay --help
	[ "$status" -eq 0 ]
	[[ "$output" == *--expect-clean* ]]
}
