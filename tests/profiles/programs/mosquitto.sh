# MQTT broker with persistence, access lists, TLS and a log of its own.
program=(/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf)
state=(/var/lib/mosquitto /var/log/mosquitto)
user=mosquitto
log=/var/log/mosquitto/mosquitto.log
prepare() {
	mkdir -p /etc/mosquitto/certs && mine /var/lib/mosquitto /var/log/mosquitto
	cat >/etc/mosquitto/mosquitto.conf <<-C
		persistence true
		persistence_location /var/lib/mosquitto/
		autosave_on_changes true
		autosave_interval 1
		log_dest file $log
		acl_file /etc/mosquitto/acl
		listener 1883 127.0.0.1
		allow_anonymous true
		listener 8883 127.0.0.1
		certfile /etc/mosquitto/certs/server.crt
		keyfile /etc/mosquitto/certs/server.key
		allow_anonymous true
	C
	echo 'topic readwrite #' >/etc/mosquitto/acl
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
		-keyout /etc/mosquitto/certs/server.key -out /etc/mosquitto/certs/server.crt 2>/dev/null
	chown -R mosquitto: /etc/mosquitto/certs /etc/mosquitto/acl
	chmod 600 /etc/mosquitto/acl
}
ready() { tcp 1883; }
messages() {
	local i n=$RANDOM
	for i in 1 2 3; do mosquitto_pub -p 1883 -r -q 1 -t "a/$i" -m "hello $n $i" || return 1; done
	[ "$(mosquitto_sub -p 1883 -t a/2 -C 1 -W 5)" = "hello $n 2" ] || return 1
	mosquitto_pub -h 127.0.0.1 -p 8883 --cafile /etc/mosquitto/certs/server.crt -r -q 2 -t b -m "tls $n" || return 1
	[ "$(mosquitto_sub -p 1883 -t b -C 1 -W 5)" = "tls $n" ]
}
normal() {
	messages || return 1
	rm -f /var/lib/mosquitto/mosquitto.db
	mosquitto_pub -p 1883 -r -q 1 -t kept -m "kept" || return 1
	await test -s /var/lib/mosquitto/mosquitto.db # saved by itself
}
reload() { # nobody reads topic "closed" from now on
	mosquitto_pub -p 1883 -r -q 1 -t closed -m x
	[ "$(mosquitto_sub -p 1883 -t closed -C 1 -W 2 2>/dev/null)" = x ] || return 1
	printf 'topic readwrite a/#\ntopic readwrite b\ntopic readwrite kept\n' >/etc/mosquitto/acl
	tell HUP
	sleep 0.3
	[ -z "$(mosquitto_sub -p 1883 -t closed -C 1 -W 1 2>/dev/null)" ]
}
rotate() {
	mv $log $log.1 && tell HUP && sleep 0.3
	mosquitto_pub -p 1883 -t a -m x
	await grep -q 'New client connected' $log
}
full() {
	tell USR1 # save now, which it cannot
	messages
}
burst() {
	local i
	for i in 1 2 3 4 5 6; do head -c 200000 /dev/zero | tr '\0' x | mosquitto_pub -p 1883 -q 1 -t "a/large$i" -s & done
	messages
	wait
}
