# The web server of BusyBox, static pages.
program=(/usr/bin/busybox httpd -f -p 8080 -h /var/www/html -c /etc/httpd.conf)
user=service
no_rotate="it writes no log"
no_full="it writes nothing"
prepare() {
	mkdir -p /var/www/html
	echo hello >/var/www/html/index.html && head -c 3000000 /dev/urandom >/var/www/html/big
	echo closed >/var/www/html/closed
	printf 'A:*\n' >/etc/httpd.conf
}
ready() { tcp 8080; }
normal() {
	[ "$(get http://127.0.0.1:8080/)" = hello ] || return 1
	get http://127.0.0.1:8080/big | cmp -s - /var/www/html/big || return 1
	[ "$(status http://127.0.0.1:8080/none)" = 404 ] || return 1
	get -r 5-9 http://127.0.0.1:8080/big | cmp -s - <(tail -c +6 /var/www/html/big | head -c 5)
}
reload() { # a page has a password from now on
	[ "$(status http://127.0.0.1:8080/closed)" = 200 ] || return 1
	printf 'A:*\n/closed:user:word\n' >/etc/httpd.conf
	tell HUP
	sleep 0.3
	[ "$(status http://127.0.0.1:8080/closed)" = 401 ] && [ "$(get -u user:word http://127.0.0.1:8080/closed)" = closed ]
}
