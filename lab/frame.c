// SPDX-License-Identifier: MIT
#include "frame.h"

#include <string.h>

#include "base/addr.h"

enum { ETH = 14, V4 = 20, V6 = 40 };

static uint16_t be16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static void read_dns(struct frame *f, const uint8_t *d, size_t len)
{
	if (f->sport == 53 && len >= 12 && (d[2] & 0x80))
		f->dns_rcode = d[3] & 0x0f;
}

static void read_transport(struct frame *f, const uint8_t *d, size_t len)
{
	if (f->proto == 1 || f->proto == 58) {
		f->icmp_type = len ? d[0] : 0;
		return;
	}
	if ((f->proto != 6 && f->proto != 17) || len < 4)
		return;
	f->sport = be16(d);
	f->dport = be16(d + 2);
	if (f->proto == 6 && len >= 14)
		f->tcp_flags = d[13];
	if (f->proto == 17 && len >= 8)
		read_dns(f, d + 8, len - 8);
}

static void read_v4(struct frame *f, const uint8_t *d, size_t len)
{
	size_t header;

	if (len < V4)
		return;
	f->ip = true;
	f->src = addr_from4(d + 12);
	f->dst = addr_from4(d + 16);
	f->proto = d[9];
	f->fragment = be16(d + 6) & 0x3fff;
	header = (d[0] & 15u) * 4u;
	if (!(be16(d + 6) & 0x1fff) && header >= V4 && header <= len)
		read_transport(f, d + header, len - header);
}

static bool is_extension(uint8_t next)
{
	return next == 0 || next == 43 || next == 44 || next == 51 || next == 60 || next == 135;
}

static void read_v6(struct frame *f, const uint8_t *d, size_t len)
{
	uint8_t next;
	size_t at = V6;
	bool later = false;

	if (len < V6)
		return;
	f->ip = true;
	f->src = addr_from6(d + 8);
	f->dst = addr_from6(d + 24);
	next = d[6];
	for (int i = 0; i < 64 && is_extension(next) && at + 8 <= len && !later; i++) {
		size_t size = next == 44   ? 8
			      : next == 51 ? (d[at + 1] + 2u) * 4
					   : (d[at + 1] + 1u) * 8;

		if (next == 44) {
			f->fragment = true;
			later = be16(d + at + 2) & 0xfff8;
		}
		next = d[at];
		at += size;
	}
	f->proto = next;
	if (!later && at <= len && !is_extension(next))
		read_transport(f, d + at, len - at);
}

static void read_arp(struct frame *f, const uint8_t *d, size_t len)
{
	if (len < 28 || be16(d) != 1 || be16(d + 2) != 0x0800)
		return;
	f->src = addr_from4(d + 14);
	f->dst = addr_from4(d + 24);
}

void frame_read(struct frame *f, const uint8_t *data, size_t len)
{
	size_t at = ETH;

	memset(f, 0, sizeof(*f));
	if (len < ETH)
		return;
	f->linkcast = data[0] & 1;
	f->ethertype = be16(data + 12);
	while ((f->ethertype == 0x8100 || f->ethertype == 0x88a8) && at + 4 <= len) {
		f->ethertype = be16(data + at + 2);
		at += 4;
	}
	if (f->ethertype == 0x0800)
		read_v4(f, data + at, len - at);
	else if (f->ethertype == 0x86dd)
		read_v6(f, data + at, len - at);
	else if (f->ethertype == 0x0806)
		read_arp(f, data + at, len - at);
}
