# MQTT broker with persistence and a log of its own.
program=(/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf)
state=(/var/lib/mosquitto)
user=mosquitto
prepare() {
	mkdir -p /var/lib/mosquitto /var/log/mosquitto && mine /var/lib/mosquitto /var/log/mosquitto
	cat >/etc/mosquitto/mosquitto.conf <<-C
		persistence true
		persistence_location /var/lib/mosquitto/
		autosave_on_changes true
		autosave_interval 1
		log_dest file /var/log/mosquitto/mosquitto.log
		listener 1883 127.0.0.1
		allow_anonymous true
		listener 8883 127.0.0.1
		certfile /etc/mosquitto/certs/server.crt
		keyfile /etc/mosquitto/certs/server.key
		allow_anonymous true
	C
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
		-keyout /etc/mosquitto/certs/server.key -out /etc/mosquitto/certs/server.crt 2>/dev/null
	chown -R mosquitto: /etc/mosquitto/certs
}
ready() { tcp 1883; }
normal() {
	for i in 1 2 3; do mosquitto_pub -p 1883 -r -q 1 -t "a/$i" -m "hello $i" || return 1; done
	[ "$(mosquitto_sub -p 1883 -t a/2 -C 1 -W 5)" = "hello 2" ] || return 1
	mosquitto_pub -h 127.0.0.1 -p 8883 --cafile /etc/mosquitto/certs/server.crt -t b -m tls || return 1
	sleep 1.2 # autosave
}
reload() { tell HUP; sleep 0.3; }
rotate() { mv /var/log/mosquitto/mosquitto.log /var/log/mosquitto/mosquitto.log.1 && tell HUP && sleep 0.3; tell USR1; sleep 0.3; }
