// SPDX-License-Identifier: MIT
#include "replay/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define READ_BUFFER (256 * 1024)
#define NS_MAX	    (UINT64_C(1) << 62) /* as far as virtual time goes */
#define SECONDS_MAX INT64_C(4294967296)

struct capture {
	pcap_t *pcap;
	const char *name;
	char *buffer;
	int dlt;
	bool started;
	int64_t high;	 /* latest timestamp, ns since 1970 */
	uint64_t latest; /* the same in virtual ns */
	uint64_t records, unusable;
};

static bool check_link(struct capture *c, struct err *e)
{
	c->dlt = pcap_datalink(c->pcap);
	if (link_supported(c->dlt))
		return true;
	err_set(e, EXIT_WRONG_USE, "%s: link type %s (%d) is not one that replay reads", c->name,
		link_name(c->dlt), c->dlt);
	return false;
}

struct capture *capture_open_stream(FILE *file, const char *name, struct err *e)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct capture *c = calloc(1, sizeof *c);

	if (!c || !(c->buffer = malloc(READ_BUFFER))) {
		err_sys(e, ENOMEM, "%s", name);
		free(c);
		fclose(file);
		return NULL;
	}
	c->name = name;
	setvbuf(file, c->buffer, _IOFBF, READ_BUFFER);
	c->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!c->pcap) {
		err_set(e, EXIT_WRONG_USE, "%s: not a capture: %.160s", name, text);
		fclose(file);
		free(c->buffer);
		free(c);
		return NULL;
	}
	if (check_link(c, e))
		return c;
	capture_close(c);
	return NULL;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	pcap_close(c->pcap); /* closes the stream, which still uses the buffer */
	free(c->buffer);
	free(c);
}

/* Timestamps are whatever the file claims. Records a little out of order count as the latest time;
 * a clock that was set back, or a file spliced from several, goes on from there: a device's
 * monotonic clock would have. */
static uint64_t virtual_time(struct capture *c, const struct pcap_pkthdr *h)
{
	int64_t sec = h->ts.tv_sec, at;

	if (sec < 0 && sec >= INT32_MIN)
		sec += SECONDS_MAX; /* libpcap 1.10 takes pcap's unsigned seconds for signed */
	if (sec > SECONDS_MAX)
		sec = SECONDS_MAX;
	if (sec < 0)
		sec = 0;
	at = sec * (int64_t)LIM_S + (int64_t)(h->ts.tv_usec % (int64_t)LIM_S);
	if (!c->started) {
		c->started = true;
		c->high = at;
		c->latest = CAPTURE_START;
	}
	if (at > c->high) {
		c->latest += (uint64_t)(at - c->high);
		c->high = at;
	} else if (at < c->high - (int64_t)LIM_S) {
		c->high = at;
	}
	if (c->latest > NS_MAX)
		c->latest = NS_MAX;
	return c->latest;
}

int capture_next(struct capture *c, struct frame *f, uint64_t *now, struct err *e)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	int rc;

	while ((rc = pcap_next_ex(c->pcap, &h, &data)) == 1) {
		c->records++;
		*now = virtual_time(c, h);
		if (link_strip(f, c->dlt, data, h->caplen, h->len) == 0)
			return 1;
		c->unusable++;
	}
	if (rc == PCAP_ERROR_BREAK)
		return 0;
	return err_set(e, EXIT_WRONG_USE, "%s: packet %llu: %.160s", c->name,
		       (unsigned long long)c->records + 1, pcap_geterr(c->pcap));
}

uint64_t capture_records(const struct capture *c)
{
	return c->records;
}

uint64_t capture_unusable(const struct capture *c)
{
	return c->unusable;
}

int capture_dlt(const struct capture *c)
{
	return c->dlt;
}
