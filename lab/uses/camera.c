// SPDX-License-Identifier: MIT
/* A camera: RTSP (RFC 2326) over TCP for control, RTP and RTCP (RFC 3550) over UDP for pictures.
 *
 *   camera PORT KBIT     serves rtsp://any:PORT/ to one viewer after the other
 *
 * The pictures are noise, sized as an H.264 encoder sizes them: 25 a second, every 50th eight times
 * as large as the others. Debian has no small RTSP server; the viewers are real programs. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAMES_A_SECOND 25
#define KEY_FRAME_EVERY 50
#define KEY_FRAME_SIZE	8
#define RTP_PAYLOAD	1400
#define SSRC		0x484f4c44u

struct viewer {
	int control, rtp, rtcp, playing;
	struct sockaddr_in6 peer; /* of the control connection; IPv4 mapped */
	in_port_t rtp_port, rtcp_port;
	unsigned seq, frame, packets, bytes;
	int64_t next, next_report;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int bound(int type, struct sockaddr_in6 a, int port)
{
	const int fd = socket(AF_INET6, type, 0), on = 1;

	a.sin6_family = AF_INET6;
	a.sin6_port = htons(port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (void *)&a, sizeof(a)) < 0) {
		perror("camera: bind");
		exit(3);
	}
	return fd;
}

static void put32(unsigned char *at, unsigned v)
{
	v = htonl(v);
	memcpy(at, &v, 4);
}

static void send_rtp(struct viewer *v, size_t len, int last)
{
	static unsigned char packet[12 + RTP_PAYLOAD];
	struct sockaddr_in6 to = v->peer;

	to.sin6_port = v->rtp_port;
	packet[0] = 0x80;
	packet[1] = 96 | (last ? 0x80 : 0);
	packet[2] = v->seq >> 8;
	packet[3] = v->seq++;
	put32(packet + 4, v->frame * (90000 / FRAMES_A_SECOND));
	put32(packet + 8, SSRC);
	v->packets++;
	v->bytes += len;
	sendto(v->rtp, packet, 12 + len, 0, (void *)&to, sizeof(to));
}

static void send_frame(struct viewer *v, unsigned kbit)
{
	const unsigned mean = kbit * 125 / FRAMES_A_SECOND;
	const unsigned small = mean * KEY_FRAME_EVERY / (KEY_FRAME_EVERY - 1 + KEY_FRAME_SIZE);
	size_t left = v->frame % KEY_FRAME_EVERY ? small : small * KEY_FRAME_SIZE;

	for (; left > RTP_PAYLOAD; left -= RTP_PAYLOAD)
		send_rtp(v, RTP_PAYLOAD, 0);
	send_rtp(v, left, 1);
	v->frame++;
	v->next += 1000000000ll / FRAMES_A_SECOND;
}

/* RFC 3550 6.4.1, without report blocks. */
static void send_report(struct viewer *v)
{
	unsigned char r[28] = {0x80, 200, 0, 6};
	struct sockaddr_in6 to = v->peer;
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	to.sin6_port = v->rtcp_port;
	put32(r + 4, SSRC);
	put32(r + 8, t.tv_sec + 2208988800u);
	put32(r + 12, (unsigned)((unsigned long long)t.tv_nsec * 4294967296ull / 1000000000ull));
	put32(r + 16, v->frame * (90000 / FRAMES_A_SECOND));
	put32(r + 20, v->packets);
	put32(r + 24, v->bytes);
	sendto(v->rtcp, r, sizeof(r), 0, (void *)&to, sizeof(to));
	v->next_report += 5000000000ll;
}

static int port_of(int fd)
{
	struct sockaddr_in6 a;
	socklen_t len = sizeof(a);

	getsockname(fd, (void *)&a, &len);
	return ntohs(a.sin6_port);
}

#define SDP(family, any)                                                                           \
	"v=0\r\no=- 1 1 IN " family " " any "\r\ns=camera\r\nc=IN " family " " any                 \
	"\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"           \
	"a=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"

static const char sdp4[] = SDP("IP4", "0.0.0.0"), sdp6[] = SDP("IP6", "::");

static void answer(struct viewer *v, const char *request)
{
	const char *cseq = strcasestr(request, "\r\nCSeq:"),
		   *ports = strstr(request, "client_port=");
	char extra[256] = "", out[1024];
	const char *body = "";
	int a = 0, b = 0;

	if (!strncmp(request, "DESCRIBE", 8)) {
		body = IN6_IS_ADDR_V4MAPPED(&v->peer.sin6_addr) ? sdp4 : sdp6;
		snprintf(extra, sizeof(extra), "Content-Type: application/sdp\r\n");
	} else if (!strncmp(request, "SETUP", 5) && ports &&
		   sscanf(ports, "client_port=%d-%d", &a, &b) == 2) {
		v->rtp_port = htons(a);
		v->rtcp_port = htons(b);
		snprintf(
		    extra, sizeof(extra),
		    "Transport: RTP/AVP;unicast;client_port=%d-%d;server_port=%d-%d;ssrc=%08X\r\n",
		    a, b, port_of(v->rtp), port_of(v->rtcp), SSRC);
	} else if (!strncmp(request, "PLAY", 4)) {
		v->playing = 1;
		v->next = v->next_report = now_ns();
		snprintf(extra, sizeof(extra), "Range: npt=0-\r\n");
	} else if (!strncmp(request, "OPTIONS", 7)) {
		snprintf(extra, sizeof(extra),
			 "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n");
	}
	snprintf(out, sizeof(out),
		 "RTSP/1.0 200 OK\r\nCSeq:%.*s\r\nSession: 1;timeout=60\r\n%sContent-Length: "
		 "%zu\r\n\r\n%s",
		 cseq ? (int)strcspn(cseq + 7, "\r") : 2, cseq ? cseq + 7 : " 0", extra,
		 strlen(body), body);
	if (send(v->control, out, strlen(out), MSG_NOSIGNAL) < 0)
		v->playing = 0;
}

/* Returns 0 when the viewer has gone. */
static int listen_to(struct viewer *v)
{
	char request[4096];
	ssize_t n = recv(v->control, request, sizeof(request) - 1, 0);

	if (n <= 0)
		return 0;
	request[n] = 0;
	if (!strncmp(request, "TEARDOWN", 8))
		return 0;
	answer(v, request);
	return 1;
}

static void serve(struct viewer *v, unsigned kbit)
{
	char drain[2048];
	struct pollfd p[3] = {{v->control, POLLIN, 0}, {v->rtp, POLLIN, 0}, {v->rtcp, POLLIN, 0}};

	for (;;) {
		const int64_t wait = v->playing ? v->next - now_ns() : 1000000000ll;

		if (poll(p, 3, wait > 0 ? (int)(wait / 1000000) + 1 : 0) < 0 && errno != EINTR)
			return;
		if (p[0].revents && !listen_to(v))
			return;
		for (int i = 1; i < 3; i++)
			if (p[i].revents)
				(void)!recv(p[i].fd, drain, sizeof(drain), MSG_DONTWAIT);
		while (v->playing && v->next <= now_ns())
			send_frame(v, kbit);
		if (v->playing && v->next_report <= now_ns())
			send_report(v);
	}
}

int main(int argc, char **argv)
{
	const int port = argc == 3 ? atoi(argv[1]) : 0, kbit = argc == 3 ? atoi(argv[2]) : 0;
	struct sockaddr_in6 any = {0};
	int listener;

	if (port <= 0 || port > 65530 || kbit <= 0 || kbit > 100000) {
		fprintf(stderr, "usage: camera PORT KBIT\n");
		return 2;
	}
	listener = bound(SOCK_STREAM, any, port);
	listen(listener, 8);
	for (;;) {
		struct viewer v = {0};
		struct sockaddr_in6 self;
		socklen_t len = sizeof(v.peer);

		v.control = accept(listener, (void *)&v.peer, &len);
		if (v.control < 0)
			return 3;
		getsockname(v.control, (void *)&self, &len);
		v.rtp = bound(SOCK_DGRAM, self, port + 1);
		v.rtcp = bound(SOCK_DGRAM, self, port + 2);
		serve(&v, kbit);
		close(v.control);
		close(v.rtp);
		close(v.rtcp);
	}
}
