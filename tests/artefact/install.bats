# SPDX-License-Identifier: MIT
# What `meson install` puts where.

setup_file() {
	: "${HOLDFAST_BUILD:?is the build directory}"
	export DEST=$BATS_FILE_TMPDIR/dest
	DESTDIR=$DEST meson install --no-rebuild -C "$HOLDFAST_BUILD" >"$BATS_FILE_TMPDIR/log" 2>&1
	prefix=$(meson introspect --buildoptions "$HOLDFAST_BUILD" |
		python3 -c 'import json,sys; print({o["name"]: o["value"] for o in json.load(sys.stdin)}["prefix"])')
	export ROOT=$DEST$prefix PREFIX=$prefix
}

@test "programs, manual, completion, unit and init script are there" {
	for f in bin/holdfast bin/holdfast-kit share/man/man8/holdfast.8 \
		share/man/man8/holdfast-status.8 share/man/man8/holdfast-top.8 \
		share/man/man8/holdfast-why.8 share/man/man8/holdfast-lock.8 share/man/man8/holdfast-guard.8 \
		share/man/man5/holdfast-guard.conf.5 share/man/man1/holdfast-kit.1 \
		share/bash-completion/completions/holdfast \
		share/bash-completion/completions/holdfast-kit share/zsh/site-functions/_holdfast \
		share/fish/vendor_completions.d/holdfast.fish \
		lib/systemd/system/holdfast-guard.service share/holdfast/init.d/S05holdfast \
		share/man/man8/holdfast-supervise.8 lib/systemd/system/holdfast-supervise.service \
		share/holdfast/init.d/S90holdfast-supervise; do
		echo "$f"
		[ -s "$ROOT/$f" ]
	done
}

@test "the programs installed run" {
	run "$ROOT/bin/holdfast" --version
	[ "$status" -eq 0 ]
	run "$ROOT/bin/holdfast-kit" --version
	[ "$status" -eq 0 ]
}

@test "the unit starts the program installed" {
	unit=$ROOT/lib/systemd/system/holdfast-guard.service
	grep -qx "ExecStart=$PREFIX/bin/holdfast guard --daemon" "$unit"
	! grep -q '@[A-Z]*@' "$unit"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	mkdir -p "$BATS_TEST_TMPDIR/root$PREFIX/bin"
	sed "s,^ExecStart=.*/holdfast,ExecStart=$ROOT/bin/holdfast," "$unit" \
		>"$BATS_TEST_TMPDIR/holdfast-guard.service"
	run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/holdfast-guard.service"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *holdfast-guard.service:* ]]
}

@test "the supervisor's unit starts the program installed" {
	unit=$ROOT/lib/systemd/system/holdfast-supervise.service
	grep -q "^ExecStart=$PREFIX/bin/holdfast supervise /.*/holdfast/programs\$" "$unit"
	! grep -q '@[A-Z]*@' "$unit"
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	sed "s,^ExecStart=.*/holdfast ,ExecStart=$ROOT/bin/holdfast ," "$unit" \
		>"$BATS_TEST_TMPDIR/holdfast-supervise.service"
	run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/holdfast-supervise.service"
	echo "$output"
	[[ $output != *holdfast-supervise.service:* ]]
}

@test "the init scripts are shell scripts that say how they are used" {
	for script in "$ROOT"/share/holdfast/init.d/S*; do
		echo "$script"
		[ -x "$script" ]
		! grep -q '@[A-Z]*@' "$script"
		sh -n "$script"
		run sh "$script" nonsense
		[ "$status" -eq 2 ]
		[[ $output == usage:* ]]
	done
}

@test "the ready profiles are there, and right" {
	[ -s "$ROOT/share/holdfast/profiles/README.md" ]
	[ "$(find "$ROOT/share/holdfast/profiles" -name '*.conf' | wc -l)" -eq "$(find packaging/profiles -name '*.conf' | wc -l)" ]
	for f in "$ROOT"/share/holdfast/profiles/*.conf; do
		"$ROOT/bin/holdfast-kit" profile check --no-files --arch x86-64 "$f"
	done
}
