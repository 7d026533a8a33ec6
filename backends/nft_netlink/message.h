// SPDX-License-Identifier: Apache-2.0
// Netlink messages as bytes: a writer that appends them to one growing buffer, and views that walk
// over received ones. All numbers of nf_tables attributes are in network byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netpolc::nft_netlink {

using Bytes = std::span<const std::uint8_t>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Appends messages. Begin a message, put its attributes, end it; nests likewise.
class MessageWriter {
 public:
  // `type` is an NFT_MSG_*; `flags` are NLM_F_* besides NLM_F_REQUEST; `family` an NFPROTO_*. The
  // sequence number stays 0: who sends the message sets it.
  void begin(std::uint8_t type, std::uint16_t flags, std::uint8_t family);
  // Gives the message its length.
  void end();

  void put(std::uint16_t type, Bytes value);
  void put_text(std::uint16_t type, std::string_view text);  // with a final zero byte
  void put_u8(std::uint16_t type, std::uint8_t value);
  void put_u32(std::uint16_t type, std::uint32_t value);
  void put_u64(std::uint16_t type, std::uint64_t value);
  // The returned place is for end_nest().
  std::size_t begin_nest(std::uint16_t type);
  void end_nest(std::size_t nest);

  std::size_t size() const { return bytes_.size(); }
  std::size_t message_start() const { return message_; }
  Bytes bytes() const { return bytes_; }
  std::span<std::uint8_t> mutable_bytes() { return bytes_; }
  void clear() { bytes_.clear(); }
  // Forgets the first `count` bytes, which are whole messages.
  void drop_front(std::size_t count);

 private:
  std::uint8_t* grow(std::size_t count);

  std::vector<std::uint8_t> bytes_;
  std::size_t message_ = 0;
};

// One attribute: type without the flag bits, value without padding.
struct Attribute {
  std::uint16_t type = 0;
  Bytes value;

  // 0 if the value has another length.
  std::uint32_t u32() const;
  std::uint64_t u64() const;
  // Up to the first zero byte.
  std::string_view text() const;
};

// The attributes of a message or a nest, in order. Stops at the first malformed one.
class Attributes {
 public:
  explicit Attributes(Bytes bytes) : bytes_(bytes) {}

  class Iterator {
   public:
    explicit Iterator(Bytes rest) : rest_(rest) { read(); }
    const Attribute& operator*() const { return current_; }
    const Attribute* operator->() const { return &current_; }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    void read();
    Bytes rest_;
    Attribute current_;
  };

  Iterator begin() const { return Iterator(bytes_); }
  Iterator end() const { return Iterator(bytes_.subspan(bytes_.size())); }
  // The first attribute of this type; an empty one of type 0 if there is none.
  Attribute find(std::uint16_t type) const;

 private:
  Bytes bytes_;
};

// A received or written message.
struct Message {
  std::uint16_t netlink_type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::uint8_t family = 0;
  Bytes whole;    // with its header
  Bytes payload;  // behind nfgenmsg

  std::uint8_t type() const { return static_cast<std::uint8_t>(netlink_type & 0xffU); }
  Attributes attributes() const { return Attributes(payload); }
};

// Splits a buffer into its messages; leaves out a torn last one.
std::vector<Message> split_messages(Bytes bytes);

}  // namespace netpolc::nft_netlink
