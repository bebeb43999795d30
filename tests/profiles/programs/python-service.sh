# A service as makers write them: a Python script with HTTP, JSON, threads and a state file.
program=(/usr/bin/python3 -I /srv/service/service.py)
state=(/var/lib/service)
user=service
comm=python3
prepare() {
	mkdir -p /srv/service /var/lib/service && mine /var/lib/service
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
	[ "$(curl -s -o /dev/null -w '%{http_code}' -d "$RANDOM" http://127.0.0.1:8080/)" = 200 ] || return 1
	curl -s http://127.0.0.1:8080/ | grep '\[' >/dev/null
}
reload() { tell HUP; sleep 0.3; curl -s http://127.0.0.1:8080/ | grep -q '"'; }
