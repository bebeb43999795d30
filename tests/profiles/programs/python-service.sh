# A service as makers write them: a Python script with HTTP, JSON, threads and a state file.
program=(/usr/bin/python3 -I /srv/service/service.py)
state=(/var/lib/service)
user=service
comm=python3
no_rotate="it writes its log to standard output"
prepare() {
	mkdir -p /srv/service && mine /var/lib/service
	cat >/srv/service/service.py <<-'P'
		import http.server, json, os, signal, socketserver, threading, time
		STATE = "/var/lib/service/state.json"
		readings = []
		def save():
		    with open(STATE + ".new", "w") as f:
		        json.dump(readings[-100:], f); f.flush(); os.fsync(f.fileno())
		    os.replace(STATE + ".new", STATE)
		class Handler(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        body = json.dumps(readings).encode()
		        self.send_response(200); self.end_headers(); self.wfile.write(body)
		    def do_POST(self):
		        readings.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
		        try:
		            save(); self.send_response(200)
		        except OSError:
		            self.send_response(507)
		        self.end_headers()
		    def log_message(self, *a): pass
		class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
		    allow_reuse_address = True
		def hup(*a):
		    global readings
		    try: readings = json.load(open(STATE))
		    except (OSError, ValueError): readings = []
		def beat():
		    while True: time.sleep(0.2)
		hup()
		signal.signal(signal.SIGHUP, hup)
		signal.signal(signal.SIGTERM, lambda *a: os._exit(0))
		threading.Thread(target=beat, daemon=True).start()
		Server(("127.0.0.1", 8080), Handler).serve_forever()
	P
}
ready() { tcp 8080; }
normal() {
	local reading="reading $RANDOM"
	[ "$(status -d "$reading" http://127.0.0.1:8080/)" = 200 ] || return 1
	get http://127.0.0.1:8080/ | grep -q "\"$reading\"\]" && grep -q "$reading" /var/lib/service/state.json
}
reload() {
	echo '["by hand"]' >/var/lib/service/state.json
	tell HUP
	sleep 0.3
	[ "$(get http://127.0.0.1:8080/)" = '["by hand"]' ]
}
full() { [ "$(status -d reading http://127.0.0.1:8080/)" = 507 ] && get http://127.0.0.1:8080/ | grep -q reading; }
burst() { local i; for i in 1 2 3 4 5 6; do head -c 2000000 /dev/zero | tr '\0' x | status --data-binary @- http://127.0.0.1:8080/ & done; wait; }
