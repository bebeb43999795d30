# SSH server that is no root: its one user logs in with a key, runs commands, copies files.
program=(/usr/sbin/dropbear -F -E -s -r /etc/dropbear/hostkey -p 2222 -P /run/dropbear.pid)
user=service
# It asks for /etc/shadow at each login, is refused, and does without: that is not worth a report.
hand='report = calls'
prepare() {
	mkdir -p /etc/dropbear /var/lib/service/.ssh
	dropbearkey -t ed25519 -f /etc/dropbear/hostkey >/dev/null 2>&1
	ssh-keygen -q -t ed25519 -N '' -f id && cp id.pub /var/lib/service/.ssh/authorized_keys
	sed -i "s,^service:.*,service:x:$(id -u service):$(id -g service)::/var/lib/service:/bin/sh," /etc/passwd
	mine /var/lib/service /etc/dropbear/hostkey
	chmod 700 /var/lib/service/.ssh && chmod 600 /var/lib/service/.ssh/* id
}
ready() { tcp 2222; }
ssh_() { timeout 10 ssh -T -i id -p 2222 -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null service@127.0.0.1 "$@" 2>/dev/null; }
normal() {
	[ "$(ssh_ 'echo hello from $(id -u)' </dev/null)" = "hello from $(id -u service)" ] || return 1
	head -c 300000 /dev/urandom >sent
	ssh_ 'cat' <sent | cmp -s - sent || return 1
	ssh_ 'cat >/var/lib/service/copied' <sent && cmp -s sent /var/lib/service/copied
}
