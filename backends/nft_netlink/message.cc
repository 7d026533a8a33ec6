// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/message.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <bit>

#include "compiler/support/check.h"

namespace netpolc::nft_netlink {

namespace {

constexpr std::size_t kHeader = sizeof(nlmsghdr) + sizeof(nfgenmsg);

std::size_t align(std::size_t length) { return (length + 3U) & ~std::size_t{3}; }

std::uint64_t big_endian(std::uint64_t value) {
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

}  // namespace

std::uint8_t* MessageWriter::grow(std::size_t count) {
  const std::size_t at = bytes_.size();
  bytes_.resize(at + align(count));  // padding is zero
  return bytes_.data() + at;
}

void MessageWriter::begin(std::uint8_t type, std::uint16_t flags, std::uint8_t family) {
  message_ = bytes_.size();
  nlmsghdr header{};
  header.nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | type);
  header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  nfgenmsg general{};
  general.nfgen_family = family;
  std::uint8_t* out = grow(kHeader);
  std::memcpy(out, &header, sizeof header);
  std::memcpy(out + sizeof header, &general, sizeof general);
}

void MessageWriter::end() {
  const auto length = static_cast<std::uint32_t>(bytes_.size() - message_);
  std::memcpy(bytes_.data() + message_, &length, sizeof length);
}

void MessageWriter::put(std::uint16_t type, Bytes value) {
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + value.size()), type};
  std::uint8_t* out = grow(sizeof header + value.size());
  std::memcpy(out, &header, sizeof header);
  if (!value.empty()) std::memcpy(out + sizeof header, value.data(), value.size());
}

void MessageWriter::put_text(std::uint16_t type, std::string_view text) {
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + text.size() + 1), type};
  std::uint8_t* out = grow(sizeof header + text.size() + 1);
  std::memcpy(out, &header, sizeof header);
  std::memcpy(out + sizeof header, text.data(), text.size());
}

void MessageWriter::put_u8(std::uint16_t type, std::uint8_t value) { put(type, {&value, 1}); }

void MessageWriter::put_u32(std::uint16_t type, std::uint32_t value) {
  const std::uint32_t wire = htonl(value);
  put(type, {reinterpret_cast<const std::uint8_t*>(&wire), sizeof wire});
}

void MessageWriter::put_u64(std::uint16_t type, std::uint64_t value) {
  const std::uint64_t wire = big_endian(value);
  put(type, {reinterpret_cast<const std::uint8_t*>(&wire), sizeof wire});
}

std::size_t MessageWriter::begin_nest(std::uint16_t type) {
  const std::size_t at = bytes_.size();
  put(static_cast<std::uint16_t>(type | NLA_F_NESTED), {});
  return at;
}

void MessageWriter::end_nest(std::size_t nest) {
  const std::size_t length = bytes_.size() - nest;
  NETPOLC_CHECK(length <= 0xffff, "a netlink attribute of more than 64 KiB");
  const auto wire = static_cast<std::uint16_t>(length);
  std::memcpy(bytes_.data() + nest, &wire, sizeof wire);
}

void MessageWriter::drop_front(std::size_t count) {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(count));
}

std::uint32_t Attribute::u32() const {
  std::uint32_t wire = 0;
  if (value.size() != sizeof wire) return 0;
  std::memcpy(&wire, value.data(), sizeof wire);
  return ntohl(wire);
}

std::uint64_t Attribute::u64() const {
  std::uint64_t wire = 0;
  if (value.size() != sizeof wire) return 0;
  std::memcpy(&wire, value.data(), sizeof wire);
  return big_endian(wire);
}

std::string_view Attribute::text() const {
  const std::string_view all = as_text(value);
  return all.substr(0, all.find('\0'));
}

void Attributes::Iterator::read() {
  current_ = {};
  nlattr header{};
  if (rest_.size() < sizeof header) {
    rest_ = rest_.subspan(rest_.size());
    return;
  }
  std::memcpy(&header, rest_.data(), sizeof header);
  if (header.nla_len < sizeof header || header.nla_len > rest_.size()) {
    rest_ = rest_.subspan(rest_.size());
    return;
  }
  current_.type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK);
  current_.value = rest_.subspan(sizeof header, header.nla_len - sizeof header);
}

Attributes::Iterator& Attributes::Iterator::operator++() {
  const std::size_t whole = align(current_.value.size() + sizeof(nlattr));
  rest_ = rest_.subspan(std::min(whole, rest_.size()));
  read();
  return *this;
}

Attribute Attributes::find(std::uint16_t type) const {
  for (const Attribute& attribute : *this) {
    if (attribute.type == type) return attribute;
  }
  return {};
}

std::vector<Message> split_messages(Bytes bytes) {
  std::vector<Message> out;
  while (bytes.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > bytes.size()) break;
    Message message;
    message.netlink_type = header.nlmsg_type;
    message.flags = header.nlmsg_flags;
    message.sequence = header.nlmsg_seq;
    message.whole = bytes.first(header.nlmsg_len);
    if (header.nlmsg_len >= kHeader) {
      message.family = bytes[sizeof header];
      message.payload = message.whole.subspan(kHeader);
    }
    out.push_back(message);
    bytes = bytes.subspan(std::min(align(header.nlmsg_len), bytes.size()));
  }
  return out;
}

}  // namespace netpolc::nft_netlink
