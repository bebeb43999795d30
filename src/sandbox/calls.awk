# SPDX-License-Identifier: MIT
# The macros of <asm/unistd.h> (cc -E -dM) in; out: the names in the order of their numbers as one
# string, a gap as an empty name, and an assertion for each, so that the compiler checks this
# arithmetic against the header.

function skip(name) {
	return name ~ /^(syscalls|Linux|SYSCALL_|OABI_)/ || name ~ /_Linux/ || name ~ /^(unused|reserved)[0-9]/ ||
		name ~ /^(O32|N32|64)_/
}

BEGIN {
	# Calls newer than the header may be; the same number everywhere, counted from the base.
	n = split("cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue statmount " \
		"listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat " \
		"listxattrat removexattrat open_tree_attr file_getattr file_setattr", newer, " ")
	first_newer = 451
}

$1 == "#define" && $2 ~ /^__NR(3264)?_/ && $2 !~ /\(/ {
	value = ""
	for (i = 3; i <= NF; i++)
		value = value $i
	macro[$2] = value
}

END {
	for (m in macro) {
		name = m
		if (!sub(/^__NR_/, "", name) || skip(name))
			continue
		v = macro[m]
		if (v in macro) # one name for another: __NR_lseek __NR3264_lseek
			v = macro[v]
		if (v in macro)
			continue
		gsub(/[()]/, "", v)
		sub(/^.*\+/, "", v)
		if (v !~ /^[0-9]+$/ || v + 0 > 511) {
			print "#error calls.awk does not understand " m " = " macro[m]
			continue
		}
		v += 0
		if (v in call && macro["__NR_" call[v]] !~ /^__NR_/ && macro[m] ~ /^__NR_/)
			continue
		call[v] = name
		if (v > last)
			last = v
	}
	for (i = 1; i <= n; i++) {
		at = first_newer + i - 1
		if (at > last + 0)
			call[at] = newer[i]
		else if (at in call && call[at] != newer[i])
			print "#error calls.awk: " newer[i] " is called " call[at] " here"
	}
	if (first_newer + n - 1 > last)
		last = first_newer + n - 1
	print "/* Made by calls.awk from <asm/unistd.h>. */"
	print "static const char call_names[] = {"
	for (v = 0; v <= last; v++) {
		for (i = 1; i <= length(call[v]); i++)
			printf "'%s',", substr(call[v], i, 1)
		print "0,"
	}
	print "};"
	for (v = 0; v <= last; v++)
		if (call[v] != "") {
			printf "#ifdef __NR_%s\n_Static_assert(__NR_%s - CALLS_BASE == %d, \"%s\");\n", call[v], call[v], v, call[v]
			print "#endif"
		}
	print "#define CALLS_LIMIT " last + 1
}
