# An SQLite database in WAL mode, kept by the sqlite3 shell, which gets its work through a pipe.
program=(/usr/bin/sqlite3 -batch -init /etc/sqlite-service.sql /var/lib/service/db.sqlite)
state=(/var/lib/service)
user=service
input=/mnt/work/jobs
no_reload="it has no configuration to read again"
no_rotate="it writes no log of its own; the write-ahead log is turned over in normal use (wal_checkpoint, VACUUM)"
prepare() {
	mkfifo jobs && mine /var/lib/service
	cat >/etc/sqlite-service.sql <<-S
		.timeout 2000
		PRAGMA journal_mode=WAL;
		CREATE TABLE IF NOT EXISTS r(id INTEGER PRIMARY KEY, v TEXT);
		.print started
	S
}
ready() { grep -qx started out; }
# job WORDS: by its standard input; the answer is what it prints until it is done
job() {
	local mark=done-$RANDOM$RANDOM
	printf '%s\n.print %s\n' "$1" $mark | sed 's/^[[:blank:]]*//' >jobs
	await grep -qx $mark out || return 1
	sed -n "/^begin$/h;/^begin$/!H;/^$mark$/{x;p;q}" out
}
normal() {
	local n
	n=$(job '.print begin
		INSERT INTO r(v) SELECT hex(randomblob(100)) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<500) SELECT x FROM c);
		UPDATE r SET v=v||"x" WHERE id%3=0;
		CREATE INDEX IF NOT EXISTS i ON r(v);
		SELECT "length " || sum(length(v)) FROM (SELECT v FROM r ORDER BY v DESC);
		DELETE FROM r WHERE id%5=0;
		PRAGMA wal_checkpoint(TRUNCATE);
		VACUUM;
		PRAGMA journal_mode=DELETE;
		INSERT INTO r(v) VALUES("last");
		.backup /var/lib/service/copy.sqlite
		PRAGMA integrity_check;
		PRAGMA journal_mode=WAL;
		DELETE FROM r WHERE id < (SELECT max(id) FROM r) - 500;') || return 1
	grep -qE '^length [0-9]{5,}$' <<<"$n" && grep -qx ok <<<"$n" && [ -s /var/lib/service/copy.sqlite ] || return 1
	[ "$(sqlite3 /var/lib/service/copy.sqlite 'PRAGMA integrity_check; SELECT v FROM r ORDER BY id DESC LIMIT 1')" = $'ok\nlast' ]
}
burst() { normal; }
full() { # what is there is read; what is new is refused, and nothing breaks
	local n
	n=$(job '.print begin
		INSERT INTO r(v) SELECT hex(randomblob(5000)) FROM r;
		SELECT "rows " || (count(*) > 0) FROM r;
		PRAGMA integrity_check;') || return 1
	grep -qE 'full|disk I/O' out && grep -qx 'rows 1' <<<"$n" && grep -qx ok <<<"$n"
}
