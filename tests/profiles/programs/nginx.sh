# Web server: master and worker, reload, log reopen, uploads.
program=(/usr/sbin/nginx -g 'daemon off;')
state=(/var/log/nginx)
user=www-data
prepare() {
	mkdir -p /var/www/html/put /var/log/nginx /var/lib/nginx && mine /var/log/nginx /var/lib/nginx /var/www/html/put
	# Folders that a sandbox may write are mounts, between which a file is copied, not renamed.
	mount --bind /var/lib/nginx /var/lib/nginx && mount --bind /var/www/html/put /var/www/html/put
	echo hello >/var/www/html/index.html && head -c 3000000 /dev/urandom >/var/www/html/big
	cat >/etc/nginx/nginx.conf <<-C
		worker_processes 1;
		pid /run/nginx.pid;
		error_log /var/log/nginx/error.log;
		events { worker_connections 64; }
		http {
			include /etc/nginx/mime.types;
			access_log /var/log/nginx/access.log;
			sendfile on; gzip on; client_max_body_size 10m;
			client_body_temp_path /var/lib/nginx/body; proxy_temp_path /var/lib/nginx/proxy;
			fastcgi_temp_path /var/lib/nginx/fastcgi; uwsgi_temp_path /var/lib/nginx/uwsgi;
			scgi_temp_path /var/lib/nginx/scgi;
			server { listen 8080; root /var/www/html; location /put/ { dav_methods PUT DELETE; } }
		}
	C
}
ready() { tcp 8080; }
normal() {
	[ "$(curl -s http://127.0.0.1:8080/)" = hello ] || return 1
	curl -s http://127.0.0.1:8080/big | cmp -s - /var/www/html/big || return 1
	curl -s -T /var/www/html/big http://127.0.0.1:8080/put/a || return 1
	cmp -s /var/www/html/put/a /var/www/html/big || return 1
	[ "$(curl -s -X DELETE -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/put/a)" = 204 ]
}
reload() { tell HUP; sleep 0.7; }
rotate() { mv /var/log/nginx/access.log /var/log/nginx/access.log.1 && tell USR1; sleep 0.5; [ -e /var/log/nginx/access.log ]; }
