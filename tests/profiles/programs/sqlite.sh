# A program with an SQLite database in WAL mode: the sqlite3 shell, fed by a pipe.
program=(/usr/bin/sqlite3 -batch -init /etc/sqlite-service.sql /var/lib/service/db.sqlite)
state=(/var/lib/service)
user=service
prepare() {
	mkdir -p /var/lib/service && mine /var/lib/service
	echo '#' >/mnt/work/unused
	cat >/etc/sqlite-service.sql <<-S
		.timeout 2000
		PRAGMA journal_mode=WAL;
		CREATE TABLE IF NOT EXISTS r(id INTEGER PRIMARY KEY, v TEXT);
		INSERT INTO r(v) SELECT hex(randomblob(100)) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<500) SELECT x FROM c);
		UPDATE r SET v=v||'x' WHERE id%3=0;
		SELECT count(*) FROM r;
		CREATE INDEX IF NOT EXISTS i ON r(v);
		SELECT sum(length(v)) FROM (SELECT v FROM r ORDER BY v DESC);
		DELETE FROM r WHERE id%5=0;
		PRAGMA wal_checkpoint(TRUNCATE);
		VACUUM;
		PRAGMA journal_mode=DELETE;
		INSERT INTO r(v) VALUES('last');
		.backup /var/lib/service/copy.sqlite
		PRAGMA integrity_check;
	S
}
# It is over when it has done its work.
ready() { [ -s /var/lib/service/db.sqlite ] || [ "$what" = learn ]; sleep 1; }
normal() { await grep -q '^ok$' out; }
