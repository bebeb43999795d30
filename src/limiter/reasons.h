/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Why a packet passed or was held back. One table; passes first, then drops.
 */
#ifndef LIM_REASONS_H
#define LIM_REASONS_H

/* X(id, key, what a person is told) */
#define LIM_PASS_REASONS(X)                                                                        \
	X(CONSENT, "consent", "the peer answers")                                                  \
	X(HANDSHAKE, "handshake", "the peer has confirmed this connection")                        \
	X(VISITOR, "visitor", "the peer came to us; within three times what it sent")              \
	X(TRICKLE, "trickle", "nobody has answered; within the small unanswered budget")           \
	X(RESERVED, "reserved", "one of the last peers that answered; its reserved trickle")       \
	X(LINK, "link", "on-link, within the link's budget")                                       \
	X(OVERRIDE, "override", "the owner's override is on")                                      \
	X(INBOUND, "inbound", "arrived for us")

#define LIM_DROP_REASONS(X)                                                                        \
	X(SPOOF, "spoof", "source address is not one of ours")                                     \
	X(BROKEN, "broken", "headers cannot be parsed or contradict each other")                   \
	X(CONTACTS, "contacts", "too many strangers that do not answer")                           \
	X(CONTACTS_ANY, "contacts-any", "too many strangers")                                      \
	X(SILENT, "silent", "the peer or its network does not answer")                             \
	X(DEVICE, "device", "too much unanswered traffic from the device")                         \
	X(WINDOW, "window", "too much sent since the peer's last answer")                          \
	X(VETO, "veto", "the peer or its provider has said no")                                    \
	X(HALF_OPEN, "half-open", "too many unconfirmed TCP connections")                          \
	X(NEW_CONN, "new-connections", "too many new TCP connections to one network")              \
	X(REFLECT, "reflect", "more than three times what the peer sent us")                       \
	X(DNS, "dns", "too many DNS queries")                                                      \
	X(DNS_FAIL, "dns-failures", "too many DNS queries that fail")                              \
	X(LINK_PROBE, "link-probes", "too many ARP or neighbour probes")                           \
	X(LINK_CAST, "link-multicast", "too much multicast or broadcast")                          \
	X(LINK_BYTES, "link-bytes", "too much to an on-link host that does not answer")            \
	X(LINK_OTHER, "link-other", "too many frames of other protocols")                          \
	X(VISITOR_SYN, "visitor-connections", "too many new connections from one stranger")

#define LIM_X(id, key, what)  LIM_PASS_##id,
#define LIM_XD(id, key, what) LIM_DROP_##id,
enum lim_reason {
	LIM_PASS_REASONS(LIM_X) LIM_FIRST_DROP,
	LIM_LAST_PASS = LIM_FIRST_DROP - 1,
	LIM_DROP_REASONS(LIM_XD) LIM_REASONS
};
#undef LIM_X
#undef LIM_XD

#endif
