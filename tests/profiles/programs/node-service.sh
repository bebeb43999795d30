# A flow runner in the manner of Node-RED: HTTP, timers, a state file; Node without its compiler.
program=(/usr/bin/node --jitless /srv/service/flow.js)
state=(/var/lib/service)
user=service
comm=node
small=24M
# It asks for the limits of its control group, is refused, and does without.
hand='report = calls'
prepare() {
	mkdir -p /srv/service /var/lib/service && mine /var/lib/service
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
	[ "$(curl -s -o /dev/null -w '%{http_code}' -d "flow $RANDOM" http://127.0.0.1:8080/)" = 200 ] || return 1
	curl -s http://127.0.0.1:8080/ | grep -q '\["flow'
}
reload() { tell HUP; sleep 0.3; curl -s http://127.0.0.1:8080/ | grep -q flow; }
