// SPDX-License-Identifier: MIT
#include "replay/link.h"

#include <pcap/pcap.h>
#include <string.h>

/* Linux cooked packet types (pcap-linktype(7), LINKTYPE_LINUX_SLL). */
enum { SLL_HOST, SLL_BROADCAST, SLL_MULTICAST, SLL_OTHERHOST, SLL_OUTGOING };

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

bool link_supported(int dlt)
{
	switch (dlt) {
	case DLT_EN10MB:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
		return true;
	default:
		return dlt == 14 || dlt == 101; /* DLT_RAW as other systems number it */
	}
}

const char *link_name(int dlt)
{
	const char *name = pcap_datalink_val_to_name(dlt);

	return name ? name : "?";
}

static int ethernet(struct frame *f, const uint8_t *data, uint32_t len, uint32_t wire_len)
{
	if (len < LINK_HEADER)
		return -1;
	f->link = LIM_ETHERNET;
	f->data = data;
	f->len = len;
	f->wire_len = wire_len;
	f->has_mac = true;
	memcpy(f->dst, data, 6);
	memcpy(f->src, data + 6, 6);
	f->linkcast = data[0] & 1;
	return 0;
}

static int raw(struct frame *f, const uint8_t *data, uint32_t len, uint32_t wire_len)
{
	f->link = LIM_RAW_IP;
	f->data = data;
	f->len = len;
	f->wire_len = wire_len + LINK_HEADER;
	return 0;
}

/* Four bytes of address family, in either byte order: BSD and Linux number IPv6 differently. */
static int loopback(struct frame *f, const uint8_t *data, uint32_t len, uint32_t wire_len)
{
	uint32_t family;

	if (len < 4 || wire_len < 4)
		return -1;
	family = data[0] && !data[3] ? data[0] : data[3];
	if ((family != 2 && family != 10 && family != 24 && family != 28 && family != 30) ||
	    data[1] || data[2])
		return -1;
	return raw(f, data + 4, len - 4, wire_len - 4);
}

/* A frame that is not IP is given the Ethernet header it had, as far as the record tells. */
static int rebuild(struct frame *f, uint16_t proto, const uint8_t *data, uint32_t len,
		   uint32_t wire_len)
{
	uint32_t n = len < LINK_SCRATCH - LINK_HEADER ? len : LINK_SCRATCH - LINK_HEADER;

	memcpy(f->scratch, f->dst, 6);
	memcpy(f->scratch + 6, f->src, 6);
	f->scratch[12] = (uint8_t)(proto >> 8);
	f->scratch[13] = (uint8_t)proto;
	memcpy(f->scratch + LINK_HEADER, data, n);
	f->link = LIM_ETHERNET;
	f->data = f->scratch;
	f->len = n + LINK_HEADER;
	f->wire_len = wire_len + LINK_HEADER;
	return 0;
}

static int cooked(struct frame *f, unsigned type, uint16_t proto, const uint8_t *addr,
		  unsigned addr_len, const uint8_t *data, uint32_t len, uint32_t wire_len)
{
	f->dir = type == SLL_OUTGOING ? DIR_OUT : type == SLL_OTHERHOST ? DIR_UNKNOWN : DIR_IN;
	f->linkcast = type == SLL_BROADCAST || type == SLL_MULTICAST;
	if (addr_len == 6)
		memcpy(f->src, addr, 6);
	if (f->linkcast)
		memset(f->dst, 0xff, 6);
	if (proto == ETHERTYPE_IPV4 || proto == ETHERTYPE_IPV6)
		return raw(f, data, len, wire_len);
	return rebuild(f, proto, data, len, wire_len);
}

static int sll(struct frame *f, const uint8_t *d, uint32_t len, uint32_t wire_len)
{
	if (len < 16 || wire_len < 16)
		return -1;
	return cooked(f, be16(d), be16(d + 14), d + 6, be16(d + 4), d + 16, len - 16,
		      wire_len - 16);
}

static int sll2(struct frame *f, const uint8_t *d, uint32_t len, uint32_t wire_len)
{
	if (len < 20 || wire_len < 20)
		return -1;
	return cooked(f, d[10], be16(d), d + 12, d[11], d + 20, len - 20, wire_len - 20);
}

int link_strip(struct frame *f, int dlt, const uint8_t *data, uint32_t len, uint32_t wire_len)
{
	f->has_mac = f->linkcast = false;
	f->dir = DIR_UNKNOWN;
	memset(f->src, 0, 6);
	memset(f->dst, 0, 6);
	if (wire_len < len)
		wire_len = len; /* a hostile or damaged record */
	switch (dlt) {
	case DLT_EN10MB:
		return ethernet(f, data, len, wire_len);
	case DLT_NULL:
	case DLT_LOOP:
		return loopback(f, data, len, wire_len);
	case DLT_LINUX_SLL:
		return sll(f, data, len, wire_len);
	case DLT_LINUX_SLL2:
		return sll2(f, data, len, wire_len);
	default:
		return raw(f, data, len, wire_len);
	}
}

void frame_parse(struct lim_packet *p, const struct frame *f)
{
	lim_parse(p, f->link, f->data, f->len, f->wire_len);
	if (f->linkcast)
		p->flags |= LIM_F_LINKCAST;
}
