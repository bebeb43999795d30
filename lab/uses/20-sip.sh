# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="SIP calls, the media at another address, 8 calls at once, spoken both ways (sipp)"
setup() {
	cat >caller.xml <<-'C'
		<?xml version="1.0" encoding="ISO-8859-1" ?>
		<scenario name="caller">
		<send retrans="500"><![CDATA[
		INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
		Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
		From: <sip:a@[local_ip]:[local_port]>;tag=[call_number]
		To: <sip:b@[remote_ip]:[remote_port]>
		Call-ID: [call_id]
		CSeq: 1 INVITE
		Contact: <sip:a@[local_ip]:[local_port]>
		Max-Forwards: 70
		Content-Type: application/sdp
		Content-Length: [len]

		v=0
		o=a 1 1 IN IP[local_ip_type] [local_ip]
		s=-
		c=IN IP[media_ip_type] [media_ip]
		t=0 0
		m=audio [rtpstream_audio_port] RTP/AVP 8
		a=rtpmap:8 PCMA/8000
		]]></send>
		<recv response="100" optional="true"/><recv response="180" optional="true"/>
		<recv response="200" rtd="true"/>
		<send><![CDATA[
		ACK sip:b@[remote_ip]:[remote_port] SIP/2.0
		Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
		From: <sip:a@[local_ip]:[local_port]>;tag=[call_number]
		To: <sip:b@[remote_ip]:[remote_port]>[peer_tag_param]
		Call-ID: [call_id]
		CSeq: 1 ACK
		Content-Length: 0

		]]></send>
		<nop><action><exec rtp_stream="voice,-1,8,PCMA/8000"/></action></nop>
		<pause milliseconds="@PAUSE@"/>
		<send retrans="500"><![CDATA[
		BYE sip:b@[remote_ip]:[remote_port] SIP/2.0
		Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
		From: <sip:a@[local_ip]:[local_port]>;tag=[call_number]
		To: <sip:b@[remote_ip]:[remote_port]>[peer_tag_param]
		Call-ID: [call_id]
		CSeq: 2 BYE
		Content-Length: 0

		]]></send>
		<recv response="200"/>
		</scenario>
	C
	sed -i "s/@PAUSE@/$((SECS * 1000 - 500))/" caller.xml
	head -c 64000 /dev/urandom >voice
	bg callee cloud sipp -sn uas -i "$CLOUD" -p 5060 -mi "$(cloud 3)" -mp 6000 -rtp_echo -bg -nostdin
	serves cloud u 5060
}
heard() { on device awk '/^Ip: [0-9]/ {print $10}' /proc/net/snmp; } # packets delivered
more() { [ "$(heard)" -gt "$1" ]; }
run() {
	local t before first; t=$(now) before=$(heard)
	bg caller device timeout $((SECS + 2)) sipp -sf caller.xml -i "$DEVICE" -mi "$DEVICE" -p 5060 -r 20 -l 8 -m 8 -nostdin "$CLOUD:5060"
	await more $((before + 10)) # past the signalling
	first=$(since "$t")
	wait "${pids[caller]}"
	result "$(calc "($(heard) - $before) / ($(since "$t"))")" packets/s "$first"
}
