# Web server with an access log and uploads spooled to disk.
program=(/usr/sbin/lighttpd -D -f /etc/lighttpd/lighttpd.conf)
state=(/var/log/lighttpd)
user=www-data
prepare() {
	mkdir -p /var/www/html /var/log/lighttpd /var/cache/lighttpd/uploads && mine /var/log/lighttpd /var/cache/lighttpd
	echo hello >/var/www/html/index.html && head -c 3000000 /dev/urandom >/var/www/html/big
	cat >/etc/lighttpd/lighttpd.conf <<-C
		server.modules = ("mod_accesslog", "mod_dirlisting", "mod_expire")
		server.document-root = "/var/www/html"
		server.upload-dirs = ( "/var/cache/lighttpd/uploads" )
		server.errorlog = "/var/log/lighttpd/error.log"
		accesslog.filename = "/var/log/lighttpd/access.log"
		server.port = 8080
		dir-listing.activate = "enable"
		index-file.names = ( "index.html" )
	C
}
ready() { tcp 8080; }
normal() {
	[ "$(curl -s http://127.0.0.1:8080/)" = hello ] || return 1
	curl -s http://127.0.0.1:8080/big | cmp -s - /var/www/html/big || return 1
	[ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/none)" = 404 ] || return 1
	curl -s -T /var/www/html/big http://127.0.0.1:8080/up >/dev/null
	curl -s -r 5-9 http://127.0.0.1:8080/big >/dev/null
}
reload() { tell USR1; sleep 1; await tcp 8080; }
rotate() { mv /var/log/lighttpd/access.log /var/log/lighttpd/access.log.1 && tell HUP; sleep 0.5; }
