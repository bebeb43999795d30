# Web server with an access log and uploads spooled to disk.
program=(/usr/sbin/lighttpd -D -f /etc/lighttpd/lighttpd.conf)
state=(/var/log/lighttpd /var/cache/lighttpd/uploads /var/www/html/put)
user=www-data
hand=$'[allow]\nread = /var/www/html\nwrite = /var/cache/lighttpd/uploads'
log=/var/log/lighttpd/access.log
configure() { # TAG
	cat >/etc/lighttpd/lighttpd.conf <<-C
		server.modules = ("mod_accesslog", "mod_dirlisting", "mod_expire", "mod_webdav")
		server.document-root = "/var/www/html"
		server.upload-dirs = ( "/var/cache/lighttpd/uploads" )
		server.errorlog = "/var/log/lighttpd/error.log"
		accesslog.filename = "$log"
		server.port = 8080
		server.tag = "$1"
		server.max-request-size = 8192
		dir-listing.activate = "enable"
		index-file.names = ( "index.html" )
		\$HTTP["url"] =~ "^/put/" { webdav.activate = "enable" }
	C
}
prepare() {
	mkdir -p /var/www/html/list
	mine /var/log/lighttpd /var/cache/lighttpd /var/www/html/put
	echo hello >/var/www/html/index.html && head -c 3000000 /dev/urandom >/var/www/html/big
	echo x >/var/www/html/list/one
	configure first
}
ready() { tcp 8080; }
pages() {
	[ "$(get http://127.0.0.1:8080/)" = hello ] || return 1
	get http://127.0.0.1:8080/big | cmp -s - /var/www/html/big || return 1
	[ "$(status http://127.0.0.1:8080/none)" = 404 ] || return 1
	get http://127.0.0.1:8080/list/ | grep -q one || return 1
	get -r 5-9 http://127.0.0.1:8080/big | cmp -s - <(tail -c +6 /var/www/html/big | head -c 5)
}
normal() {
	pages || return 1
	[[ $(status -T /var/www/html/big http://127.0.0.1:8080/put/up) = 20[014] ]] || return 1
	get http://127.0.0.1:8080/put/up | cmp -s - /var/www/html/big || return 1
	[ "$(status -X DELETE http://127.0.0.1:8080/put/up)" = 204 ]
}
reload() {
	configure second
	tell USR1
	await sh -c 'curl -sI http://127.0.0.1:8080/ | grep -q "^Server: second"'
}
rotate() {
	mv $log $log.1 && tell HUP
	await sh -c "curl -s http://127.0.0.1:8080/ >/dev/null; grep -q 'GET / ' $log"
}
full() { pages && [[ $(status -T /var/www/html/big http://127.0.0.1:8080/put/up) = 5* ]]; }
