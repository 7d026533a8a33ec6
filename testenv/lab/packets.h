// SPDX-License-Identifier: Apache-2.0
// The packets that the lab makes by hand, from the transport header on, and how they are known
// again. Each carries the token of its probe (unique in a lab, never 0).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace netpolc::lab {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline constexpr std::uint8_t kSctpInit = 1;
inline constexpr std::uint8_t kSctpInitAck = 2;

// RFC 9260, 3.3.2: one INIT chunk whose initiate tag is the token.
Bytes sctp_init(std::uint16_t source_port, std::uint16_t destination_port, std::uint32_t token);

struct SctpChunk {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t verification_tag = 0;
  std::uint8_t type = 0;
  std::uint32_t initiate_tag = 0;  // of INIT and INIT ACK
};
// The first chunk; nothing when it is neither INIT nor INIT ACK, or cut short.
std::optional<SctpChunk> parse_sctp(ByteView packet);
// The answer to an INIT, with a cookie.
Bytes sctp_init_ack(const SctpChunk& init);

// An ICMP or ICMPv6 message. The checksum is the IPv4 one; the kernel itself fills in that of
// ICMPv6.
Bytes icmp_message(std::uint8_t type, std::uint16_t id, std::uint32_t token);
std::optional<std::uint32_t> icmp_token(ByteView packet);

// The body of a UDP datagram.
Bytes token_body(std::uint32_t token);
std::optional<std::uint32_t> body_token(ByteView body);

// A packet of a protocol that the lab knows only by number: eight zero bytes, which a kernel takes
// for a plain header, the token and a checksum, because `reject` answers only what has a good one.
// The checksum is the IPv4 one; over IPv6 the kernel puts in its own at kPlainChecksum.
inline constexpr int kPlainChecksum = 16;
Bytes plain_packet(std::uint32_t token);
std::optional<std::uint32_t> plain_token(ByteView packet);

// CRC32c (Castagnoli), as in SCTP.
std::uint32_t crc32c(ByteView bytes);

}  // namespace netpolc::lab
