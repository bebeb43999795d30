// SPDX-License-Identifier: MIT
#include "supervise/output.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "supervise/notify.h"
#include "supervise/say.h"

#define NS 1000000000ull

/* Fills b for the time that has gone by. */
static void refill(struct bucket *b, uint64_t rate, uint64_t depth, uint64_t now)
{
	uint64_t gone = b->from ? now - b->from : depth * NS;

	if (gone > depth * NS / rate)
		gone = depth * NS / rate;
	b->left += gone * rate;
	if (b->left > depth * NS)
		b->left = depth * NS;
	b->from = now;
}

static bool take(struct bucket *b, uint64_t units)
{
	if (b->left < units * NS)
		return false;
	b->left -= units * NS;
	return true;
}

int output_open(struct output *o, const char *tag, const char *path, uint64_t most, struct err *e)
{
	int ends[2];

	memset(o, 0, sizeof *o);
	o->read = o->write = o->log = -1;
	o->tag = tag;
	if (sink_open(&o->sink, path, most, e))
		return -1;
	if (pipe2(ends, O_CLOEXEC)) {
		sink_close(&o->sink);
		return err_set(e, EXIT_SYSTEM, "no pipe");
	}
	o->read = ends[0];
	o->write = ends[1];
	fcntl(o->read, F_SETFL, O_NONBLOCK); /* ours alone: the program's end stays as it expects */
	return 0;
}

void output_close(struct output *o)
{
	int *fd[] = {&o->read, &o->write, &o->log};

	for (unsigned i = 0; i < 3; i++) {
		if (*fd[i] >= 0)
			close(*fd[i]);
		*fd[i] = -1;
	}
	sink_close(&o->sink);
}

/* Says how many were left out, before one that is not; at most once a second. */
static void tell_left_out(struct output *o)
{
	char text[80];
	int n;

	if (o->told == o->left_out || o->line_bucket.from - o->told_at < NS)
		return;
	o->told_at = o->line_bucket.from;
	n = snprintf(text, sizeof text, "[%" PRIu64 " lines left out: more than %d a second]",
		     o->left_out - o->told, OUTPUT_LINES_S);
	o->told = o->left_out;
	sink_line(&o->sink, o->tag, o->pid, SAY_WARNING, text, (size_t)n);
}

static void one_line(struct output *o, int priority, const char *text, size_t n)
{
	if (!take(&o->line_bucket, 1)) {
		o->left_out++;
		return;
	}
	tell_left_out(o);
	sink_line(&o->sink, o->tag, o->pid, priority, text, n);
}

static void on_line(void *arg, const char *text, size_t n)
{
	one_line(arg, SAY_INFO, text, n);
}

/* ns until a whole piece may be read; 0: now. */
static uint64_t wait_for_bytes(struct output *o, uint64_t now)
{
	uint64_t want = OUTPUT_READ * NS;

	refill(&o->line_bucket, OUTPUT_LINES_S, OUTPUT_LINES_BURST, now);
	refill(&o->byte_bucket, OUTPUT_BYTES_S, OUTPUT_BYTES_S, now);
	return o->byte_bucket.left >= want ? 0 : (want - o->byte_bucket.left) / OUTPUT_BYTES_S + 1;
}

uint64_t output_read(struct output *o, uint64_t now)
{
	uint64_t wait = wait_for_bytes(o, now);
	char piece[OUTPUT_READ];
	ssize_t n;

	if (wait)
		return wait;
	n = read(o->read, piece, sizeof piece);
	if (n > 0) {
		take(&o->byte_bucket, (uint64_t)n);
		lines_feed(&o->lines, piece, (size_t)n, on_line, o);
	}
	return wait_for_bytes(o, now);
}

/* "<13>Nov 25 17:30:01 " in front is taken off; what stands there is no news to us. Returns the
 * priority. */
static int strip_head(const char **text, size_t *n)
{
	const char *t = *text, *end = t + *n;
	int priority = SAY_INFO, digits = 0, value = 0;

	if (t < end && *t == '<') {
		for (t++; t < end && isdigit((unsigned char)*t) && digits < 4; t++, digits++)
			value = value * 10 + (*t - '0');
		if (t == end || *t++ != '>' || !digits)
			return priority;
		priority = (value & 7) < SAY_ERR ? SAY_ERR : value & 7;
	}
	if (end - t > 16 && t[3] == ' ' && t[6] == ' ' && t[9] == ':' && t[12] == ':' &&
	    t[15] == ' ')
		t += 16;
	*n = (size_t)(end - t);
	*text = t;
	return priority;
}

uint64_t output_read_log(struct output *o, uint64_t now)
{
	uint64_t wait = wait_for_bytes(o, now);
	char piece[OUTPUT_READ], text[LINES_TEXT];
	const char *line = piece;
	ssize_t n;
	size_t len;
	int priority;

	if (wait)
		return wait;
	n = notify_receive(o->log, piece, LINES_MOST);
	if (n < 0)
		return 0;
	/* An empty one costs as well. */
	take(&o->byte_bucket, (uint64_t)(n > 128 ? n : 128));
	if (!n)
		return wait_for_bytes(o, now);
	len = (size_t)n;
	priority = strip_head(&line, &len);
	while (len && (line[len - 1] == '\n' || line[len - 1] == '\0'))
		len--;
	one_line(o, priority, text, lines_escape(line, len, text, sizeof text));
	return wait_for_bytes(o, now);
}

void output_end(struct output *o, uint64_t now)
{
	wait_for_bytes(o, now);
	lines_flush(&o->lines, on_line, o);
}
