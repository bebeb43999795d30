# Web server: master and worker, reload, log reopen, uploads.
program=(/usr/sbin/nginx -g 'daemon off;')
state=(/var/log/nginx /var/lib/nginx /var/www/html/put)
user=www-data
log=/var/log/nginx/access.log
configure() { # VALUE
	cat >/etc/nginx/nginx.conf <<-C
		worker_processes 1;
		pid /run/nginx.pid;
		error_log /var/log/nginx/error.log;
		events { worker_connections 64; }
		http {
			include /etc/nginx/mime.types;
			access_log $log;
			sendfile on; gzip on; client_max_body_size 10m;
			add_header X-Configured $1 always;
			client_body_temp_path /var/lib/nginx/body; proxy_temp_path /var/lib/nginx/proxy;
			fastcgi_temp_path /var/lib/nginx/fastcgi; uwsgi_temp_path /var/lib/nginx/uwsgi;
			scgi_temp_path /var/lib/nginx/scgi;
			server { listen 8080; root /var/www/html; location /put/ { dav_methods PUT DELETE; } }
		}
	C
}
prepare() {
	mine /var/log/nginx /var/lib/nginx /var/www/html/put
	echo hello >/var/www/html/index.html && head -c 3000000 /dev/urandom >/var/www/html/big
	head -c 9000 /dev/zero | tr '\0' x >/var/www/html/text.html
	configure first
}
ready() { tcp 8080; }
pages() {
	[ "$(get http://127.0.0.1:8080/)" = hello ] || return 1
	get http://127.0.0.1:8080/big | cmp -s - /var/www/html/big || return 1
	get --compressed -H 'Accept-Encoding: gzip' http://127.0.0.1:8080/text.html | cmp -s - /var/www/html/text.html || return 1
	[ "$(status http://127.0.0.1:8080/none)" = 404 ]
}
normal() {
	pages || return 1
	[[ $(status -T /var/www/html/big http://127.0.0.1:8080/put/a) = 20[14] ]] || return 1
	cmp -s /var/www/html/put/a /var/www/html/big || return 1
	[ "$(status -X DELETE http://127.0.0.1:8080/put/a)" = 204 ]
}
reload() {
	configure second
	tell HUP
	await sh -c 'curl -sI http://127.0.0.1:8080/ | grep -q "^X-Configured: second"'
}
rotate() {
	mv $log $log.1 && tell USR1
	await sh -c "curl -s http://127.0.0.1:8080/ >/dev/null; grep -q 'GET / ' $log"
}
full() { pages && [[ $(status -T /var/www/html/big http://127.0.0.1:8080/put/a) = 5* ]]; }
