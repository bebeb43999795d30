# A flow runner in the manner of Node-RED: HTTP, timers, a state file; Node without its compiler.
program=(/usr/bin/node --jitless /srv/service/flow.js)
state=(/var/lib/service)
user=service
comm=node
# It asks for the limit of its control group where version 1 would show it to the whole machine.
hand=$'[allow]\nread = -/sys/fs/cgroup/memory/memory.limit_in_bytes'
no_rotate="it writes its log to standard output"
prepare() {
	mkdir -p /srv/service && mine /var/lib/service
	cat >/srv/service/flow.js <<-'J'
		const http = require('http'), fs = require('fs'), state = '/var/lib/service/flows.json';
		let flows = []; const load = () => { try { flows = JSON.parse(fs.readFileSync(state)) } catch (e) { flows = [] } };
		load(); process.on('SIGHUP', load); process.on('SIGTERM', () => process.exit(0));
		setInterval(() => {}, 200);
		http.createServer((q, s) => {
			if (q.method === 'POST') {
				let b = ''; q.on('data', d => b += d);
				q.on('end', () => { flows.push(b); fs.writeFile(state + '.new', JSON.stringify(flows), e => {
					if (e) { s.statusCode = 507; return s.end(); }
					fs.rename(state + '.new', state, e => { s.statusCode = e ? 507 : 200; s.end(); }) }) });
			} else s.end(JSON.stringify(flows));
		}).listen(8080, '127.0.0.1');
	J
}
ready() { tcp 8080; }
normal() {
	local flow="flow $RANDOM"
	[ "$(status -d "$flow" http://127.0.0.1:8080/)" = 200 ] || return 1
	get http://127.0.0.1:8080/ | grep -q "\"$flow\"\]" && grep -q "$flow" /var/lib/service/flows.json
}
reload() {
	echo '["by hand"]' >/var/lib/service/flows.json
	tell HUP
	sleep 0.3
	[ "$(get http://127.0.0.1:8080/)" = '["by hand"]' ]
}
full() { [ "$(status -d flow http://127.0.0.1:8080/)" = 507 ] && get http://127.0.0.1:8080/ | grep -q flow; }
burst() { local i; for i in 1 2 3 4 5 6; do head -c 2000000 /dev/zero | tr '\0' x | status --data-binary @- http://127.0.0.1:8080/ & done; wait; }
