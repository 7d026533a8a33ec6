// SPDX-License-Identifier: Apache-2.0
#include "backends/nft_netlink/transaction.h"

#include <fmt/format.h>
#include <linux/netlink.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "compiler/support/check.h"

namespace netpolc::nft_netlink {

namespace {

constexpr int kRetries = 5;

std::string kernel_words(const Rejection& rejection) {
  std::string out = std::strerror(rejection.errno_value);
  if (!rejection.kernel_message.empty()) out += ": " + rejection.kernel_message;
  return out;
}

std::string origin_text(const ruleset::Origin& origin) {
  std::string out = origin.object;
  if (!origin.path.empty()) out += ' ' + origin.path;
  if (!origin.location.empty()) out += " at " + origin.location;
  return out;
}

std::string explain_rule(const Rejection& rejection, const Subject& subject,
                         const Encoder& encoder) {
  const ruleset::Table& table = encoder.source();
  const ruleset::Rule& rule = table.chains.at(subject.index).rules.at(subject.rule);
  const std::string place =
      fmt::format("rule {} of chain `{}`", subject.rule + 1, encoder.chain_name(subject.index));
  if (rule.origins.empty()) return fmt::format("{}: {}", place, kernel_words(rejection));
  std::string out = origin_text(table.origins.at(rule.origins.front()));
  if (rule.origins.size() > 1) out += fmt::format(" and {} more", rule.origins.size() - 1);
  return fmt::format("{}: {} ({})", out, kernel_words(rejection), place);
}

}  // namespace

std::string explain(const Rejection& rejection, const Subject& subject, const Encoder* encoder) {
  std::string object = [&]() -> std::string {
    if (rejection.errno_value == EPERM) {
      return fmt::format(
          "cannot change nf_tables: that needs CAP_NET_ADMIN in that network "
          "namespace: run as root, or inside `unshare -Urn` ({})",
          kernel_words(rejection));
    }
    if (encoder == nullptr || rejection.sequence == 0) return kernel_words(rejection);
    switch (subject.kind) {
      case Subject::Kind::kRule:
        return explain_rule(rejection, subject, *encoder);
      case Subject::Kind::kChain:
        return fmt::format("chain `{}`: {}", encoder->chain_name(subject.index),
                           kernel_words(rejection));
      case Subject::Kind::kSet:
        return fmt::format("set `{}`: {}", encoder->set_name(subject.index),
                           kernel_words(rejection));
      case Subject::Kind::kElements:
        return fmt::format("elements of set `{}`: {}", encoder->set_name(subject.index),
                           kernel_words(rejection));
      case Subject::Kind::kOther:
        break;
    }
    return kernel_words(rejection);
  }();
  if (rejection.further == 0) return object;
  return fmt::format("{} (and {} more)", object, rejection.further);
}

void Transaction::append(Subject subject) {
  starts_.push_back(writer_.message_start());
  subjects_.push_back(subject);
}

Status Transaction::add(Subject subject) {
  append(subject);
  const std::size_t before = starts_.size() - 1;
  if (writer_.size() <= connection_.batch_limit() || before == 0) return {};
  const Status sent = send_divided(0, before);
  if (sent) forget(before);
  return sent;
}

Status Transaction::flush() {
  if (starts_.empty()) return {};
  const Status sent = send_divided(0, starts_.size());
  if (sent) forget(starts_.size());
  return sent;
}

Status Transaction::commit(std::optional<std::uint32_t> ruleset) {
  if (starts_.empty()) return {};
  const auto sent = send(0, starts_.size(), ruleset);
  if (!sent) return failure(sent.error());
  forget(starts_.size());
  return {};
}

std::expected<void, Rejection> Transaction::send(std::size_t first, std::size_t last,
                                                 std::optional<std::uint32_t> ruleset) {
  NETPOLC_CHECK(first < last, "a transaction without messages");
  const std::size_t begin = starts_[first];
  const std::size_t end = last < starts_.size() ? starts_[last] : writer_.size();
  const std::span<std::uint8_t> bytes = writer_.mutable_bytes();
  for (std::size_t index = first; index < last; ++index) {
    nlmsghdr header{};
    std::memcpy(&header, bytes.data() + starts_[index], sizeof header);
    header.nlmsg_seq = static_cast<std::uint32_t>(index + 1);
    if (index + 1 == last) {
      header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | NLM_F_ACK);
    }
    std::memcpy(bytes.data() + starts_[index], &header, sizeof header);
  }
  for (int attempt = 0;; ++attempt) {
    auto sent = connection_.transact(bytes.subspan(begin, end - begin), ruleset);
    if (sent) {
      bytes_ += end - begin;
      ++count_;
      return sent;
    }
    // EINTR and EAGAIN: the kernel began anew itself and gave up; the transaction has no effect.
    const int error = sent.error().errno_value;
    if ((error != EINTR && error != EAGAIN) || attempt == kRetries) return sent;
    std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempt));
  }
}

Status Transaction::send_divided(std::size_t first, std::size_t last) {
  const auto sent = send(first, last, std::nullopt);
  if (sent) return {};
  const bool is_too_big = sent.error().sequence == 0 && (sent.error().errno_value == EMSGSIZE ||
                                                         sent.error().errno_value == ENOBUFS ||
                                                         sent.error().errno_value == ENOMEM);
  if (!is_too_big || last - first == 1) return failure(sent.error());
  const std::size_t middle = first + (last - first) / 2;
  if (const Status left = send_divided(first, middle); !left) return left;
  return send_divided(middle, last);
}

Status Transaction::failure(const Rejection& rejection) const {
  const bool is_known = rejection.sequence != 0 && rejection.sequence <= subjects_.size();
  const Subject subject = is_known ? subjects_[rejection.sequence - 1] : Subject{};
  return fail(explain(rejection, subject, encoder_), rejection.errno_value);
}

void Transaction::forget(std::size_t count) {
  const std::size_t cut = count < starts_.size() ? starts_[count] : writer_.size();
  writer_.drop_front(cut);
  starts_.erase(starts_.begin(), starts_.begin() + static_cast<std::ptrdiff_t>(count));
  subjects_.erase(subjects_.begin(), subjects_.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t& start : starts_) start -= cut;
}

}  // namespace netpolc::nft_netlink
