// SPDX-License-Identifier: MIT
#include "base/addr.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool addr_is4(const struct lim_addr *a)
{
	return !a->w[0] && !a->w[1] && a->w[2] == 0xffff;
}

static lim_u32 word(const unsigned char *b)
{
	return (lim_u32)b[0] << 24 | (lim_u32)b[1] << 16 | (lim_u32)b[2] << 8 | b[3];
}

struct lim_addr addr_from4(const void *bytes)
{
	return (struct lim_addr){{0, 0, 0xffff, word(bytes)}};
}

struct lim_addr addr_from6(const void *bytes)
{
	const unsigned char *b = bytes;

	return (struct lim_addr){{word(b), word(b + 4), word(b + 8), word(b + 12)}};
}

const char *addr_text(const struct lim_addr *a, char buf[static ADDR_TEXT])
{
	unsigned char b[16];
	int is4 = addr_is4(a);

	for (int i = 0; i < 16; i++)
		b[i] = (unsigned char)(a->w[i / 4] >> (24 - 8 * (i % 4)));
	inet_ntop(is4 ? AF_INET : AF_INET6, is4 ? b + 12 : b, buf, ADDR_TEXT);
	return buf;
}

const char *addr_prefix_text(const struct lim_addr *a, unsigned prefix_len,
			     char buf[static ADDR_TEXT])
{
	size_t n;

	addr_text(a, buf);
	n = strlen(buf);
	snprintf(buf + n, ADDR_TEXT - n, "/%u", prefix_len);
	return buf;
}

int addr_parse(const char *text, struct lim_addr *a, struct err *e)
{
	unsigned char b[16];

	if (inet_pton(AF_INET, text, b) == 1)
		*a = addr_from4(b);
	else if (inet_pton(AF_INET6, text, b) == 1)
		*a = addr_from6(b);
	else
		return err_set(e, EXIT_WRONG_USE, "'%s' is not an IPv4 or IPv6 address", text);
	return 0;
}

int addr_parse_prefix(const char *text, struct lim_addr *a, unsigned *prefix_len, struct err *e)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char host[ADDR_TEXT], *end;
	struct lim_addr got;
	unsigned long len, most;

	if (n >= sizeof(host))
		return err_set(e, EXIT_WRONG_USE, "'%s' is not an address", text);
	memcpy(host, text, n);
	host[n] = 0;
	if (addr_parse(host, &got, e))
		return -1;
	/* A mapped address written as IPv6 is counted in IPv4's lengths, as it is shown. */
	most = addr_is4(&got) ? 32 : 128;
	len = most;
	if (slash) {
		len = strtoul(slash + 1, &end, 10);
		if (!isdigit((unsigned char)slash[1]) || *end || len > most)
			return err_set(e, EXIT_WRONG_USE, "'%s': the prefix length is 0 to %lu",
				       text, most);
	}
	*a = got;
	*prefix_len = (unsigned)len;
	return 0;
}

struct lim_addr addr_mask(bool is4, unsigned prefix_len)
{
	unsigned left = is4 ? prefix_len + 96 : prefix_len;
	struct lim_addr m = {{0}};

	for (int i = 0; i < 4; i++) {
		m.w[i] = left >= 32 ? ~0u : left ? ~0u << (32 - left) : 0;
		left = left >= 32 ? left - 32 : 0;
	}
	return m;
}
