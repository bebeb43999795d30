# SPDX-License-Identifier: MIT
# The manual and the completion say what the programs do.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	: "${HOLDFAST_BUILD:?is the build directory}"
	holdfast=$HOLDFAST_BUILD/src/cli/holdfast
	kit=$HOLDFAST_BUILD/src/cli/holdfast-kit
}

commands() { # PROGRAM: the names in its help
	"$1" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
}

options() { # PROGRAM COMMAND...: its long options, without the dashes
	"$@" --help | sed -n 's/^  .*--\([a-z][a-z0-9-]*\).*/\1/p'
}

pages() { # every page, generated ones included
	ls docs/man/*.[1-8] "$HOLDFAST_BUILD"/packaging/*.[1-8] 2>/dev/null
}

@test "the manual has no warning from mandoc" {
	command -v mandoc >/dev/null || skip "no mandoc"
	[ -n "$(pages)" ]
	for page in $(pages); do
		run mandoc -Tlint -Wwarning "$page"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "every cross reference of the manual leads to a page of ours" {
	run bash -c "sed -n 's/^\.Xr \([a-z.-]*\) \([1-8]\).*/\1.\2/p' $(pages | tr '\n' ' ') | sort -u"
	[ -n "$output" ]
	for page in $output; do
		case $page in holdfast*) ;; *) continue ;; esac
		echo "$page"
		pages | grep -q "/$page\$"
	done
}

@test "guard.conf at its defaults is right, with every key in force too, and lists every key" {
	conf=$HOLDFAST_BUILD/packaging/guard.conf
	"$holdfast" guard --check --config "$conf"
	sed 's/^;//' "$conf" >"$BATS_TEST_TMPDIR/guard.conf"
	run "$holdfast" guard --check --config "$BATS_TEST_TMPDIR/guard.conf"
	echo "$output"
	[ "$status" -eq 0 ]
	# The table of params.h again, read another way.
	for key in $(sed -n 's/^\tX([A-Z_0-9]*, "\([a-z-]*\)".*/\1/p' src/limiter/params.h); do
		echo "$key"
		grep -qE "^;$key(\.depth|\.period)? = " "$conf"
		grep -qE "^\.It Cm $key(\.depth|\.period)? " "$HOLDFAST_BUILD/packaging/holdfast-guard.conf.5"
	done
	[ "$(grep -c '^;' "$conf")" -gt 30 ]
}

@test "every command of holdfast has a page, which names every option and no other" {
	for c in $(commands "$holdfast"); do
		page=docs/man/holdfast-$c.8
		echo "$page"
		[ -f "$page" ]
		all=" $(options "$holdfast" "$c" | tr '\n' ' ') "
		if [ "$c" = guard ]; then
			for sub in off override; do
				all+="$(options "$holdfast" guard $sub | tr '\n' ' ') "
			done
		fi
		for o in $all; do
			echo "  --$o"
			grep -qE "(Fl|,) -$o( |\$)" "$page"
		done
		for o in $(sed -nE 's/^\.It Fl (. , )?-([a-z][a-z0-9-]*).*/\2/p' "$page"); do
			echo "  $o in the page"
			[[ $all == *" $o "* ]]
		done
		grep -q '^\.Cm\|^\.It Cm '"$c" docs/man/holdfast.8
	done
}

@test "holdfast-kit has a page that names every command and option" {
	for c in $(commands "$kit"); do
		echo "$c"
		grep -qE "Cm $c( |\$)" docs/man/holdfast-kit.1
		for o in $(options "$kit" "$c"); do
			echo "  --$o"
			grep -qE "(Fl|,) -$o( |\$)" docs/man/holdfast-kit.1
		done
	done
}

@test "the pages have examples and exit statuses" {
	for page in docs/man/*.[18]; do
		echo "$page"
		grep -q '^\.Sh EXAMPLES' "$page"
		grep -q '^\.Sh EXIT STATUS' "$page"
	done
}

@test "bash completes commands, options, choices and folders" {
	# Run as readline would: words and the place of the cursor in, COMPREPLY out.
	complete_bash() { # PROGRAM WORD...
		bash -c '
			source <("$1" --complete bash); program=${1##*/}; shift
			COMP_WORDS=("$program" "$@"); COMP_CWORD=$#
			"_${program//-/_}"; printf "%s\n" "${COMPREPLY[@]}"' sh "$@"
	}
	for program in "$holdfast" "$kit"; do
		for c in $(commands "$program"); do
			echo "$program $c"
			complete_bash "$program" "${c%?}" | grep -qx "$c"
			[ "$(complete_bash "$program" "$c" -- | grep -v '^--help$' | sort)" = \
				"$(options "$program" "$c" | grep -vx help | sed 's/^/--/' | sort)" ]
		done
	done
	if commands "$holdfast" | grep -qx top; then
		[ "$(complete_bash "$holdfast" top --order h)" = held ]
		[ "$(complete_bash "$holdfast" guard of)" = off ]
		[ "$(complete_bash "$holdfast" top --pin /us)" = /usr ]
	fi
}

@test "zsh and fish read their completion" {
	for shell in zsh fish; do
		"$holdfast" --complete $shell >"$BATS_TEST_TMPDIR/$shell"
		[ -s "$BATS_TEST_TMPDIR/$shell" ]
		if command -v $shell >/dev/null; then $shell -n "$BATS_TEST_TMPDIR/$shell"; fi
	done
	command -v zsh >/dev/null && command -v fish >/dev/null || skip "no zsh or no fish"
}
