# The web server of BusyBox, static pages.
program=(/usr/bin/busybox httpd -f -p 8080 -h /var/www/html -c /etc/httpd.conf)
user=service
prepare() {
	mkdir -p /var/www/html
	echo hello >/var/www/html/index.html && head -c 3000000 /dev/urandom >/var/www/html/big
	echo 'A:*' >/etc/httpd.conf
}
ready() { tcp 8080; }
normal() {
	[ "$(curl -s http://127.0.0.1:8080/)" = hello ] || return 1
	curl -s http://127.0.0.1:8080/big | cmp -s - /var/www/html/big || return 1
	[ "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/none)" = 404 ] || return 1
	curl -s -r 5-9 http://127.0.0.1:8080/big >/dev/null
}
reload() { tell HUP; sleep 0.3; }
