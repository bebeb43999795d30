# policy.tsv -> rows for policy.c, each only where this processor's headers have the call.
!/^#/ && NF == 3 {
	v = toupper($2); p = toupper($3); gsub("-", "_", p)
	printf "#ifdef __NR_%s\n{__NR_%s, VERDICT_%s, %s},\n#endif\n", $1, $1, v, p == "_" ? "0" : "POWER_BIT(POWER_" p ")"
}
