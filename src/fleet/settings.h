/* SPDX-License-Identifier: MIT
 *
 * Everything that a scenario can say. One table generates the struct, the parser, the limits and
 * the list that `holdfast-kit fleet --keys` prints: a key that is not here does not exist.
 */
#ifndef FLEET_SETTINGS_H
#define FLEET_SETTINGS_H

#include <stdint.h>

#define MILLION 1000000ull

struct range {
	uint64_t low, high;
};

enum key_type {
	KEY_COUNT,  /* "150000", "1.5M"; k, M, G, T are decimal */
	KEY_COUNTS, /* one or two of these: a range */
	KEY_SHARE,  /* "12.5 %", in millionths */
	KEY_TIME,   /* as opt_time() reads it, in ns */
	KEY_TIMES,  /* one or two: a range */
	KEY_YES,    /* "yes" or "no" */
	KEY_WORD,   /* place of the word among those of the unit, "silent|must" */
	KEY_WORDS,  /* several of them, as bits */
};

#define IN_FLEET    1u
#define IN_ATTACK   2u
#define IN_EPIDEMIC 4u
#define IN_PUBLISH  8u

#define SHAPE_WORDS  "udp|syn|ack|echo|gre|connect|dns|upload|carpet|network|fragment|abort|searched"
#define VICTIM_WORDS "silent|must|refuses|-|fades"
#define SCAN_WORDS   "random|list"

/* X(section, field, key, type, default, least, most, unit or words, what) */
#define FLEET_KEYS(X)                                                                              \
	X(FLEET, protect, "protected", SHARE, 0, 0, MILLION, "%",                                  \
	  "devices with the limiter; in a [case], several values make a case each")                \
	X(FLEET, devices, "devices", COUNT, 1000, 1, 10000000000, "devices", "how many there are") \
	X(FLEET, sample, "sample", COUNT, 0, 0, 100000000, "devices",                              \
	  "play so many classes of equal devices instead of each device; 0: each")                 \
	X(FLEET, uplink, "uplink", COUNTS, 10000000, 1000, 100000000000, "bit/s",                  \
	  "slowest and fastest uplink")                                                            \
	X(FLEET, uplink_mean, "uplink-mean", COUNT, 0, 0, 100000000000, "bit/s",                   \
	  "mean uplink; 0: as likely in each decade")                                              \
	X(FLEET, latency, "latency", TIMES, 50000000, 0, 5000000000, "time", "there and back")     \
	X(FLEET, in_use, "in-use", SHARE, MILLION, 0, MILLION, "%",                                \
	  "devices with ordinary traffic; the others are idle")                                    \
	X(FLEET, boot, "from-boot", YES, 0, 0, 1, "yes|no",                                        \
	  "the devices have just started instead of having run for hours")                         \
	X(ATTACK, shapes, "shape", WORDS, 1, 1, 8191, SHAPE_WORDS,                                 \
	  "what is sent; several share the uplink")                                                \
	X(ATTACK, size, "size", COUNT, 1514, 54, 1514, "bytes",                                    \
	  "of a packet on the wire; SYN, connections and queries have less")                       \
	X(ATTACK, rate, "rate", COUNT, 0, 0, 10000000, "packets/s",                                \
	  "that one device tries; 0: as many as its uplink carries")                               \
	X(ATTACK, seconds, "seconds", TIME, 60000000000, 1000000000, 600000000000, "time",         \
	  "how long the attack lasts")                                                             \
	X(ATTACK, before, "before", TIME, 60000000000, 0, 300000000000, "time",                    \
	  "ordinary traffic before it")                                                            \
	X(ATTACK, spread, "spread", TIME, 2000000000, 0, 60000000000, "time",                      \
	  "from the first device that begins to the last")                                         \
	X(ATTACK, victim, "victim", WORD, 0, 0, 4, VICTIM_WORDS,                                   \
	  "says nothing; answers as any host must, port 80 open; refuses; or answers for 10 s")    \
	X(ATTACK, pulse, "pulse", TIMES, 0, 0, 60000000000, "time",                                \
	  "sends for the first, rests for the second")                                             \
	X(ATTACK, targets, "targets", COUNT, 1000, 1, 60000, "networks", "of a carpet, in turn")   \
	X(ATTACK, attempt, "attempt", TIME, 100000000, 1000000, 10000000000, "time",               \
	  "from a packet that was held back to the next that is tried")                            \
	X(EPIDEMIC, addresses, "addresses", COUNT, 3420000000, 1000, 4294967296, "addresses",      \
	  "that are scanned, or are on the list")                                                  \
	X(EPIDEMIC, vulnerable, "vulnerable", COUNT, 600000, 1, 100000000, "hosts",                \
	  "that can be taken over")                                                                \
	X(EPIDEMIC, hidden, "hidden", SHARE, 0, 0, 990000, "%",                                    \
	  "of the vulnerable behind address translation: taken only from within")                  \
	X(EPIDEMIC, seeds, "seeds", COUNT, 1, 1, 1000000, "hosts", "taken over at the beginning")  \
	X(EPIDEMIC, begin, "begin", TIME, 0, 0, 8640000000000000, "time",                          \
	  "age of the epidemic when there are so many")                                            \
	X(EPIDEMIC, probes, "probes", COUNT, 200, 1, 1000000, "probes/s", "that a free bot sends") \
	X(EPIDEMIC, probes_all, "probes-all", COUNT, 0, 0, 1000000000000, "probes/s",              \
	  "that the net carries of all free bots together; 0: any number")                         \
	X(EPIDEMIC, take, "take", SHARE, MILLION, 1, MILLION, "%",                                 \
	  "of probes of a vulnerable host that make it a bot")                                     \
	X(EPIDEMIC, answering, "answering", SHARE, 10000, 0, MILLION, "%",                         \
	  "of probed addresses that take a connection")                                            \
	X(EPIDEMIC, scan, "scan", WORD, 0, 0, 1, SCAN_WORDS,                                       \
	  "addresses at random, or a list of hosts that all answer")                               \
	X(EPIDEMIC, local, "local", SHARE, 0, 0, 990000, "%",                                      \
	  "of probes that go to the bot's own network")                                            \
	X(EPIDEMIC, networks, "networks", COUNT, 1, 1, 65536, "networks",                          \
	  "that the vulnerable are spread over")                                                   \
	X(EPIDEMIC, network_size, "network-size", COUNT, 65536, 256, 16777216, "addresses",        \
	  "of one network")                                                                        \
	X(EPIDEMIC, reboot, "reboot", TIME, 0, 0, 315360000000000000, "time",                      \
	  "mean time to a bot's next reboot, which cleans it; 0: never")                           \
	X(EPIDEMIC, immune, "immune", YES, 0, 0, 1, "yes|no",                                      \
	  "a cleaned host cannot be taken again")                                                  \
	X(EPIDEMIC, horizon, "horizon", TIME, 86400000000000, 1000000000, 31536000000000000,       \
	  "time", "how long the epidemic is followed")                                             \
	X(EPIDEMIC, step, "step", TIME, 60000000000, 10000000, 86400000000000, "time",             \
	  "of the simulation")                                                                     \
	X(EPIDEMIC, runs, "runs", COUNT, 31, 1, 1000, "runs", "each with another chance")          \
	X(PUBLISH, pub_bits, "bits", COUNT, 0, 0, 1000000000000000, "bit/s", "at the victim")      \
	X(PUBLISH, pub_packets, "packets", COUNT, 0, 0, 1000000000000, "packets/s",                \
	  "at the victim")                                                                         \
	X(PUBLISH, most_bits, "most-bits", COUNT, 0, 0, 1000000000000000, "bit/s",                 \
	  "promised: sustained, no more than this")                                                \
	X(PUBLISH, pub_doubling, "doubling", TIME, 0, 0, 31536000000000000, "time",                \
	  "of the number of bots")                                                                 \
	X(PUBLISH, least_doubling, "least-doubling", TIME, 0, 0, 315360000000000000, "time",       \
	  "promised: no quicker than this")                                                        \
	X(PUBLISH, pub_size, "size", COUNT, 0, 0, 100000000, "bots", "at the age below")           \
	X(PUBLISH, pub_age, "age", TIME, 0, 0, 31536000000000000, "time", "of that size")          \
	X(PUBLISH, within, "within", SHARE, 250000, 0, MILLION, "%",                               \
	  "how far from what was published the result may be")                                     \
	X(PUBLISH, drawn, "drawn", YES, 1, 0, 1, "yes|no", "in the picture over time")

#define TYPE_COUNT  uint64_t
#define TYPE_COUNTS struct range
#define TYPE_SHARE  uint64_t
#define TYPE_TIME   uint64_t
#define TYPE_TIMES  struct range
#define TYPE_YES    uint64_t
#define TYPE_WORD   uint64_t
#define TYPE_WORDS  uint64_t

struct settings {
#define X(section, field, key, type, ...) TYPE_##type field;
	FLEET_KEYS(X)
#undef X
};

struct key {
	const char *section, *name, *unit, *what;
	enum key_type type;
	unsigned at; /* in struct settings */
	uint64_t least, most;
};

/* Ended by a row without a name. */
extern const struct key settings_keys[];

void settings_default(struct settings *s);

/* Reads text as the value of k. Returns NULL, or in a few words what would have been right. */
const char *settings_read(struct settings *s, const struct key *k, const char *text);

#endif
