# SSH server that is no root: its one user logs in with a key, runs commands, copies files, has a terminal.
program=(/usr/sbin/dropbear -F -E -s -r /etc/dropbear/hostkey -p 2222 -P /run/dropbear.pid)
state=(/var/lib/service)
user=service
no_reload="it has no configuration to read again; keys are read at each login"
no_rotate="it writes its log to standard error"
prepare() {
	mkdir -p /etc/dropbear /var/lib/service/.ssh
	dropbearkey -t ed25519 -f /etc/dropbear/hostkey >/dev/null 2>&1
	ssh-keygen -q -t ed25519 -N '' -f id && ssh-keygen -q -t ed25519 -N '' -f stranger
	cp id.pub /var/lib/service/.ssh/authorized_keys
	sed -i "s,^service:.*,service:x:$(id -u service):$(id -g service)::/var/lib/service:/bin/sh," /etc/passwd
	mine /var/lib/service /etc/dropbear/hostkey
	chmod 700 /var/lib/service/.ssh && chmod 600 /var/lib/service/.ssh/* id stranger
}
ready() { tcp 2222; }
ssh_() { timeout 20 ssh -i "${key:-id}" -p 2222 -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null service@127.0.0.1 "$@" 2>/dev/null; }
normal() {
	[ "$(ssh_ 'echo hello from $HOME' </dev/null)" = "hello from /var/lib/service" ] || return 1
	head -c 300000 /dev/urandom >sent
	ssh_ 'cat' <sent | cmp -s - sent || return 1
	ssh_ 'cat >/var/lib/service/copied' <sent && cmp -s sent /var/lib/service/copied || return 1
	ssh_ 'exit 7' </dev/null
	[ $? = 7 ] || return 1
	ssh_ -tt 'test -t 0 && echo a terminal' </dev/null | grep -q 'a terminal' || return 1
	! key=stranger ssh_ true </dev/null
}
full() {
	[ "$(ssh_ 'echo hello from $HOME' </dev/null)" = "hello from /var/lib/service" ] || return 1
	! ssh_ 'cat >/var/lib/service/another' <sent # said by the status of the copy
}
