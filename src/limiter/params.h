/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Every parameter of the limiter, and nothing else.
 *
 * The tables below generate the enums, the defaults, the keys of the configuration file, its
 * ceilings and the manual: a budget that is not here does not exist.
 *
 * The defaults are chosen so that the bounds of docs/limiter.md hold over any 60 s window with
 * the burst counted in, which is stricter than a burst followed by the rate.
 */
#ifndef LIM_PARAMS_H
#define LIM_PARAMS_H

#define LIM_MS 1000000ull
#define LIM_S  1000000000ull

/* X(id, key, depth, start, period, unit, what)
 * depth   units that may be spent at once after a long rest; also the ceiling for tuning
 * start   units there are at start-up: nearly empty, so that a reboot is not a burst
 * period  nanoseconds for one unit to come back; also the floor for tuning */
#define LIM_BUDGETS(X)                                                                             \
	X(CONTACT, "contact", 64, 20, 4 * LIM_S, "contacts",                                       \
	  "first contacts with off-link addresses that nobody has answered yet")                   \
	X(CONTACT_ANY, "contact-any", 512, 64, 500 * LIM_MS, "contacts",                           \
	  "first contacts with off-link addresses, whatever becomes of them")                      \
	X(SILENT_PKTS, "silent-packets", 10, 10, 6 * LIM_S, "packets",                             \
	  "packets to one /24 or /48 that does not answer")                                        \
	X(SENIOR_PKTS, "silent-packets-senior", 100, 100, 6 * LIM_S, "packets",                    \
	  "the same, small ones, for a device with standing: cameras and phones look long for a "  \
	  "way through somebody's router")                                                         \
	X(SILENT_BYTES, "silent-bytes", 6656, 6656, 2631579ull, "bytes",                           \
	  "bytes to one /24 or /48 that does not answer")                                          \
	X(DEVICE_PKTS, "device-packets", 256, 64, LIM_S / 14, "packets",                           \
	  "unanswered packets of the whole device")                                                \
	X(DEVICE_BYTES, "device-bytes", 96000, 32000, 160000ull, "bytes",                          \
	  "unanswered bytes of the whole device")                                                  \
	X(HALF_OPEN, "half-open", 64, 32, 1 * LIM_S, "connections",                                \
	  "TCP connections that the other side has not confirmed, whole device")                   \
	X(HALF_OPEN_PREFIX, "half-open-prefix", 8, 8, 8 * LIM_S, "connections",                    \
	  "TCP connections that the other side has not confirmed, one /24 or /48")                 \
	X(HALF_OPEN_SENIOR, "half-open-senior", 32, 32, 8 * LIM_S, "connections",                  \
	  "the same, for a device with standing or a peer that answers")                           \
	X(NEW_CONN, "new-connections", 32, 32, 714 * LIM_MS, "connections",                        \
	  "new TCP connections to one /24 or /48, whatever becomes of them")                       \
	X(WEAK, "weak-answers", 32, 32, 250 * LIM_MS, "answers",                                   \
	  "answers any host must give (echo reply) that return what they cost, one /24 or /48")    \
	X(DNS, "dns", 200, 64, 200 * LIM_MS, "queries", "DNS queries")                             \
	X(DNS_FAIL, "dns-failures", 32, 32, 5 * LIM_S, "queries",                                  \
	  "DNS queries that fail or that nobody answers")                                          \
	X(VISITOR_SYN, "visitor-connections", 32, 32, 2 * LIM_S, "connections",                    \
	  "new TCP connections that one off-link address makes to us")                             \
	X(LINK_PROBE, "link-probes", 256, 256, 500 * LIM_MS, "probes",                             \
	  "ARP requests and neighbour solicitations")                                              \
	X(LINK_CAST, "link-multicast", 200, 200, 20 * LIM_MS, "packets",                           \
	  "multicast and broadcast packets of link scope")                                         \
	X(LINK_BYTES, "link-bytes", 125000, 125000, 8000ull, "bytes",                              \
	  "bytes to one on-link host that does not answer")                                        \
	X(LINK_OTHER, "link-other", 64, 64, 100 * LIM_MS, "frames",                                \
	  "frames of protocols that are not IP or ARP")                                            \
	X(OVERRIDE_PKTS, "override-packets", 400, 400, 5 * LIM_MS, "packets",                      \
	  "unanswered packets while the owner's override is on: its hard ceiling")                 \
	X(OVERRIDE_BYTES, "override-bytes", 500000, 500000, 4000ull, "bytes",                      \
	  "unanswered bytes while the owner's override is on: its hard ceiling")

/* X(id, key, value, min, max, unit, what) */
#define LIM_VALUES(X)                                                                              \
	X(WINDOW_START, "window-start", 65536, 4096, 65536, "bytes",                               \
	  "bytes that a peer may be sent after its first answer, before the next")                 \
	X(WINDOW_MAX, "window-max", 8388608, 65536, 8388608, "bytes",                              \
	  "ceiling of that window, which grows fourfold with each answered round")                 \
	X(WINDOW_SHAKE, "window-handshake", 16384, 2048, 16384, "bytes",                           \
	  "bytes that a TCP connection may send on the strength of its handshake alone")           \
	X(CONSENT, "consent", 15 * LIM_S, 5 * LIM_S, 15 * LIM_S, "ns", "how long an answer lasts") \
	X(CONSENT_TUNNEL, "consent-tunnel", 30 * LIM_S, 5 * LIM_S, 30 * LIM_S, "ns",               \
	  "how long it lasts for the only peer of a device that does nothing but tunnel")          \
	X(PAUSE_FIRST, "pause-first", 60 * LIM_S, 60 * LIM_S, 86400 * LIM_S, "ns",                 \
	  "silence after a peer's first veto; doubles with each further one")                      \
	X(PAUSE_MAX, "pause-max", 86400 * LIM_S, 60 * LIM_S, 86400 * LIM_S, "ns",                  \
	  "longest silence after vetoes")                                                          \
	X(SENIORITY, "seniority", 8, 8, 1000000, "answers",                                        \
	  "answers since the start after which a device has standing")                             \
	X(REFLECT, "reflect", 3, 1, 3, "times",                                                    \
	  "bytes that a peer who came to us may be sent, per byte it sent (RFC 9000 8.1)")

#define LIM_SENIOR_GAP (20 * LIM_MS) /* answers closer together count once for seniority */

/* Vetoes that may be doubted before a peer is closed, and what each packet meanwhile costs of the
 * peer's budget: the first answer to a SYN after a reboot is often a reset that is left over. A
 * device with standing may doubt more "port unreachable": its peer's router may not be open yet. */
#define LIM_DOUBT	     3
#define LIM_DOUBT_COST	     2
#define LIM_DOUBT_SENIOR     8
#define LIM_DOUBT_COST_OTHER 12		 /* with standing, other vetoes: the same few packets */
#define LIM_VETO_GAP	     (3 * LIM_S) /* vetoes closer together count once */

/* Fixed sizes. They set the memory (see lim_state in state.h: at most 256 kB with the report and
 * the configuration) and may be made smaller at compile time by a host that simulates many
 * devices; all are powers of two. */
#ifndef LIM_PEER_SETS
#define LIM_PEER_SETS 256 /* times LIM_WAYS peers */
#endif
#ifndef LIM_FLOW_SETS
#define LIM_FLOW_SETS 512 /* times LIM_WAYS flows */
#endif
#ifndef LIM_PREFIXES
#define LIM_PREFIXES 1024
#endif
#ifndef LIM_CONTACTS
#define LIM_CONTACTS 2048
#endif
#ifndef LIM_VISITORS
#define LIM_VISITORS 1024
#endif
#ifndef LIM_MEMOS
#define LIM_MEMOS 8 /* flows that each processor remembers */
#endif
#define LIM_WAYS     4
#define LIM_RESERVED 8	/* peers that keep a trickle whatever happens */
#define LIM_OWN4     32 /* own IPv4 addresses */
#define LIM_OWN6     32 /* own IPv6 addresses */
#define LIM_EVENTS   64
#define LIM_ASKED    128 /* DNS questions remembered, so that asking again costs nothing more */

#endif
