// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/decode.h"

#include <fmt/format.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>

#include "backends/nft_netlink/names.h"

namespace netpolc::nft_netlink {

namespace {

std::string bytes_of(Bytes bytes) { return std::string(as_text(bytes)); }

std::string hex(Bytes bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

// How an attribute of an expression is to be read.
enum class Shape : std::uint8_t { kNumber, kSetName, kData, kIgnored, kIgnoredIfZero };

Shape shape_of(std::string_view expression, std::uint16_t attribute) {
  struct Row {
    std::string_view expression;
    std::uint16_t attribute;
    Shape shape;
  };
  static constexpr std::array<Row, 9> kRows{{
      {"lookup", NFTA_LOOKUP_SET, Shape::kSetName},
      {"lookup", NFTA_LOOKUP_SET_ID, Shape::kIgnored},
      {"lookup", NFTA_LOOKUP_FLAGS, Shape::kIgnoredIfZero},
      {"cmp", NFTA_CMP_DATA, Shape::kData},
      {"immediate", NFTA_IMMEDIATE_DATA, Shape::kData},
      {"bitwise", NFTA_BITWISE_MASK, Shape::kData},
      {"bitwise", NFTA_BITWISE_XOR, Shape::kData},
      {"counter", NFTA_COUNTER_BYTES, Shape::kIgnored},
      {"counter", NFTA_COUNTER_PACKETS, Shape::kIgnored},
  }};
  for (const Row& row : kRows) {
    if (row.expression == expression && row.attribute == attribute) return row.shape;
  }
  // The operation of bitwise, which older writers leave out: 0 is mask and xor.
  constexpr std::uint16_t kBitwiseOperation = 6;
  if (expression == "bitwise" && attribute == kBitwiseOperation) return Shape::kIgnoredIfZero;
  return Shape::kNumber;
}

using ShowName = std::function<std::string(std::string_view)>;

std::string print_data(Bytes data, const ShowName& show) {
  const Attributes attributes(data);
  const Attribute verdict = attributes.find(NFTA_DATA_VERDICT);
  if (verdict.type == 0) return hex(attributes.find(NFTA_DATA_VALUE).value);
  const Attributes parts(verdict.value);
  const std::string_view chain = parts.find(NFTA_VERDICT_CHAIN).text();
  const auto code = static_cast<std::int32_t>(parts.find(NFTA_VERDICT_CODE).u32());
  return chain.empty() ? fmt::format("verdict {}", code)
                       : fmt::format("verdict {} {}", code, show(chain));
}

// One expression: its name and its attributes by ascending type.
std::string print_expression(Bytes expression, const ShowName& show) {
  const Attributes attributes(expression);
  const std::string_view name = attributes.find(NFTA_EXPR_NAME).text();
  std::vector<std::pair<std::uint16_t, std::string>> parts;
  for (const Attribute& attribute : Attributes(attributes.find(NFTA_EXPR_DATA).value)) {
    const Shape shape = shape_of(name, attribute.type);
    if (shape == Shape::kIgnored) continue;
    const bool is_zero =
        std::ranges::all_of(attribute.value, [](std::uint8_t byte) { return byte == 0; });
    if (shape == Shape::kIgnoredIfZero && is_zero) continue;
    if (shape == Shape::kSetName) {
      parts.emplace_back(attribute.type, show(attribute.text()));
    } else if (shape == Shape::kData) {
      parts.emplace_back(attribute.type, print_data(attribute.value, show));
    } else {
      parts.emplace_back(attribute.type, hex(attribute.value));
    }
  }
  std::ranges::sort(parts);
  std::string out = fmt::format("[ {}", name);
  for (const auto& [type, text] : parts) out += fmt::format(" {}={}", type, text);
  return out + " ]";
}

std::string print_all(Bytes expressions, const ShowName& show) {
  std::string out;
  for (const Attribute& element : Attributes(expressions)) {
    if (!out.empty()) out.push_back(' ');
    out += print_expression(element.value, show);
  }
  return out;
}

ElementRecord decode_element(Bytes element) {
  ElementRecord out;
  for (const Attribute& attribute : Attributes(element)) {
    switch (attribute.type) {
      case NFTA_SET_ELEM_KEY: {
        const Bytes key = Attributes(attribute.value).find(NFTA_DATA_VALUE).value;
        out.key_length = static_cast<std::uint8_t>(std::min(key.size(), out.key.size()));
        std::copy_n(key.begin(), out.key_length, out.key.begin());
        break;
      }
      case NFTA_SET_ELEM_DATA: {
        const Attributes data(attribute.value);
        out.has_value = true;
        const Attribute verdict = data.find(NFTA_DATA_VERDICT);
        if (verdict.type == 0) {
          out.value = data.find(NFTA_DATA_VALUE).u32();
        } else {
          const Attributes parts(verdict.value);
          out.value = parts.find(NFTA_VERDICT_CODE).u32();
          out.chain = parts.find(NFTA_VERDICT_CHAIN).text();
        }
        break;
      }
      case NFTA_SET_ELEM_FLAGS:
        out.flags = attribute.u32();
        break;
      case NFTA_SET_ELEM_USERDATA:
        out.userdata = bytes_of(attribute.value);
        break;
      default:
        break;
    }
  }
  return out;
}

}  // namespace

bool ElementRecord::is_interval_end() const { return (flags & NFT_SET_ELEM_INTERVAL_END) != 0; }

std::string decode_table_name(const Message& message) {
  return std::string(message.attributes().find(NFTA_TABLE_NAME).text());
}

ChainRecord decode_chain(const Message& message) {
  ChainRecord out;
  std::string type;
  Attribute hook;
  std::uint32_t policy = 0;
  for (const Attribute& attribute : message.attributes()) {
    if (attribute.type == NFTA_CHAIN_NAME) out.name = attribute.text();
    if (attribute.type == NFTA_CHAIN_HANDLE) out.handle = attribute.u64();
    if (attribute.type == NFTA_CHAIN_TYPE) type = attribute.text();
    if (attribute.type == NFTA_CHAIN_POLICY) policy = attribute.u32();
    if (attribute.type == NFTA_CHAIN_HOOK) hook = attribute;
    if (attribute.type == NFTA_CHAIN_USERDATA) out.userdata = bytes_of(attribute.value);
  }
  if (hook.type != 0) {
    const Attributes parts(hook.value);
    out.base = fmt::format("type {} hook {} priority {} policy {}", type,
                           parts.find(NFTA_HOOK_HOOKNUM).u32(),
                           static_cast<std::int32_t>(parts.find(NFTA_HOOK_PRIORITY).u32()), policy);
  }
  return out;
}

SetRecord decode_set(const Message& message) {
  SetRecord out;
  for (const Attribute& attribute : message.attributes()) {
    switch (attribute.type) {
      case NFTA_SET_NAME:
        out.name = attribute.text();
        break;
      case NFTA_SET_HANDLE:
        out.handle = attribute.u64();
        break;
      case NFTA_SET_FLAGS:
        out.flags = attribute.u32();
        break;
      case NFTA_SET_KEY_TYPE:
        out.key_type = attribute.u32();
        break;
      case NFTA_SET_KEY_LEN:
        out.key_length = attribute.u32();
        break;
      case NFTA_SET_DATA_TYPE:
        out.data_type = attribute.u32();
        break;
      case NFTA_SET_DATA_LEN:
        out.data_length = attribute.u32();
        break;
      case NFTA_SET_DESC:
        out.size = Attributes(attribute.value).find(NFTA_SET_DESC_SIZE).u32();
        break;
      case NFTA_SET_USERDATA:
        out.userdata = bytes_of(attribute.value);
        break;
      default:
        break;
    }
  }
  // The kernel tells its own size of a verdict; writers say 0.
  if (out.data_type == NFT_DATA_VERDICT) out.data_length = 0;
  return out;
}

RuleRecord decode_rule(const Message& message) {
  RuleRecord out;
  for (const Attribute& attribute : message.attributes()) {
    if (attribute.type == NFTA_RULE_CHAIN) out.chain = attribute.text();
    if (attribute.type == NFTA_RULE_EXPRESSIONS) out.expressions = bytes_of(attribute.value);
    if (attribute.type == NFTA_RULE_USERDATA) out.userdata = bytes_of(attribute.value);
  }
  return out;
}

void decode_elements(const Message& message, std::vector<ElementRecord>& out) {
  const Attribute list = message.attributes().find(NFTA_SET_ELEM_LIST_ELEMENTS);
  for (const Attribute& element : Attributes(list.value)) {
    out.push_back(decode_element(element.value));
  }
}

std::string print_expressions(Bytes expressions, std::optional<std::uint64_t> generation) {
  return print_all(expressions, [&](std::string_view name) {
    const GenerationName parts = split_generation(name);
    const bool is_stripped = generation && parts.generation == *generation;
    return std::string(is_stripped ? parts.base : name);
  });
}

std::vector<std::string> referred_names(Bytes expressions) {
  std::vector<std::string> out;
  print_all(expressions, [&](std::string_view name) {
    out.emplace_back(name);
    return std::string(name);
  });
  return out;
}

}  // namespace netpolc::nft_netlink
