# SSH server: log in with a key, run commands, copy files, a terminal.
program=(/usr/sbin/dropbear -F -E -s -r /etc/dropbear/hostkey -p 2222 -P /run/dropbear.pid)
prepare() {
	mkdir -p /etc/dropbear /home/login/.ssh
	dropbearkey -t ed25519 -f /etc/dropbear/hostkey >/dev/null 2>&1
	ssh-keygen -q -t ed25519 -N '' -f id && cp id.pub /home/login/.ssh/authorized_keys
	grep -q ^login: /etc/passwd || { echo 'login:x:0:0::/home/login:/bin/sh' >>/etc/passwd; }
	sed -i 's,^login:.*,login:x:0:0::/home/login:/bin/sh,' /etc/passwd
	chown -R root: /home/login && chmod 700 /home/login /home/login/.ssh && chmod 600 /home/login/.ssh/*
	chmod 600 id; mkdir -p /srv/copied
}
ready() { tcp 2222; }
ssh_() { timeout 10 ssh -i id -p 2222 -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$@"; }
normal() {
	[ "$(ssh_ login@127.0.0.1 'echo hello from $(id -u)' 2>/dev/null)" = "hello from 0" ] || return 1
	head -c 300000 /dev/urandom >sent
	ssh_ login@127.0.0.1 'cat' <sent 2>/dev/null | cmp -s - sent || return 1
	[ "$(ssh_ -tt login@127.0.0.1 'tty' 2>/dev/null </dev/null | tr -d '\r' | grep -c /dev/pts/)" = 1 ]
}
