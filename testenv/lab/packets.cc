// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/packets.h"

#include <array>

namespace netpolc::lab {
namespace {

constexpr std::uint32_t kMagic = 0x4e50'4c62;  // before the token: chance does not write this
constexpr std::size_t kSctpHeader = 12;
constexpr std::size_t kSctpInitChunk = 20;
constexpr std::size_t kSctpCookie = 8;
constexpr std::size_t kIcmpHeader = 8;
constexpr std::size_t kPlainHeader = 8;

void put16(Bytes& bytes, std::uint16_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value & 0xff));
}

void put32(Bytes& bytes, std::uint32_t value) {
  put16(bytes, static_cast<std::uint16_t>(value >> 16));
  put16(bytes, static_cast<std::uint16_t>(value & 0xffff));
}

std::uint16_t get16(ByteView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>((bytes[offset] << 8) | bytes[offset + 1]);
}

std::uint32_t get32(ByteView bytes, std::size_t offset) {
  return (static_cast<std::uint32_t>(get16(bytes, offset)) << 16) | get16(bytes, offset + 2);
}

void put_token(Bytes& bytes, std::uint32_t token) {
  put32(bytes, kMagic);
  put32(bytes, token);
}

std::optional<std::uint32_t> token_at(ByteView bytes, std::size_t offset) {
  if (bytes.size() < offset + 8 || get32(bytes, offset) != kMagic) return std::nullopt;
  return get32(bytes, offset + 4);
}

// RFC 1071, of an even number of bytes.
std::uint16_t internet_checksum(ByteView bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += get16(bytes, i);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1U) != 0 ? 0x82f6'3b78U : 0U);
    }
    table[i] = value;
  }
  return table;
}

// Header and chunk; `extra` bytes of parameters follow, already counted in the chunk's length.
Bytes sctp_packet(std::uint16_t source_port, std::uint16_t destination_port, std::uint32_t tag,
                  std::uint8_t type, std::uint32_t initiate_tag, ByteView parameters) {
  Bytes bytes;
  put16(bytes, source_port);
  put16(bytes, destination_port);
  put32(bytes, tag);
  put32(bytes, 0);  // the checksum, below
  bytes.push_back(type);
  bytes.push_back(0);
  put16(bytes, static_cast<std::uint16_t>(kSctpInitChunk + parameters.size()));
  put32(bytes, initiate_tag);
  put32(bytes, 65536);  // receiver window
  put16(bytes, 1);      // outbound streams
  put16(bytes, 1);      // inbound streams
  put32(bytes, initiate_tag);
  bytes.insert(bytes.end(), parameters.begin(), parameters.end());
  const std::uint32_t crc = crc32c(bytes);
  // The one field that is little-endian on the wire.
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[8 + i] = static_cast<std::uint8_t>((crc >> (8 * i)) & 0xff);
  }
  return bytes;
}

}  // namespace

std::uint32_t crc32c(ByteView bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = make_crc_table();
  std::uint32_t crc = 0xffff'ffffU;
  for (const std::uint8_t byte : bytes) crc = (crc >> 8) ^ kTable[(crc ^ byte) & 0xff];
  return ~crc;
}

Bytes sctp_init(std::uint16_t source_port, std::uint16_t destination_port, std::uint32_t token) {
  return sctp_packet(source_port, destination_port, 0, kSctpInit, token, {});
}

std::optional<SctpChunk> parse_sctp(ByteView packet) {
  if (packet.size() < kSctpHeader + kSctpInitChunk) return std::nullopt;
  SctpChunk chunk{.source_port = get16(packet, 0),
                  .destination_port = get16(packet, 2),
                  .verification_tag = get32(packet, 4),
                  .type = packet[kSctpHeader],
                  .initiate_tag = get32(packet, kSctpHeader + 4)};
  if (chunk.type != kSctpInit && chunk.type != kSctpInitAck) return std::nullopt;
  return chunk;
}

Bytes sctp_init_ack(const SctpChunk& init) {
  Bytes cookie;
  put16(cookie, 7);  // state cookie
  put16(cookie, kSctpCookie);
  put32(cookie, init.initiate_tag);
  return sctp_packet(init.destination_port, init.source_port, init.initiate_tag, kSctpInitAck,
                     ~init.initiate_tag | 1U, cookie);
}

Bytes icmp_message(std::uint8_t type, std::uint16_t id, std::uint32_t token) {
  Bytes bytes{type, 0, 0, 0};
  put16(bytes, id);
  put16(bytes, 1);
  put_token(bytes, token);
  const std::uint16_t sum = internet_checksum(bytes);
  bytes[2] = static_cast<std::uint8_t>(sum >> 8);
  bytes[3] = static_cast<std::uint8_t>(sum & 0xff);
  return bytes;
}

std::optional<std::uint32_t> icmp_token(ByteView packet) { return token_at(packet, kIcmpHeader); }

Bytes token_body(std::uint32_t token) {
  Bytes bytes;
  put_token(bytes, token);
  return bytes;
}

Bytes plain_packet(std::uint32_t token) {
  Bytes bytes(kPlainHeader, 0);
  put_token(bytes, token);
  put16(bytes, internet_checksum(bytes));
  put16(bytes, 0);
  return bytes;
}

std::optional<std::uint32_t> body_token(ByteView body) { return token_at(body, 0); }

std::optional<std::uint32_t> plain_token(ByteView packet) { return token_at(packet, kPlainHeader); }

}  // namespace netpolc::lab
