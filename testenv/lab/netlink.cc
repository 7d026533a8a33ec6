// SPDX-License-Identifier: Apache-2.0
#include "testenv/lab/netlink.h"

#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace netpolc::lab {
namespace {

constexpr std::size_t kMessageSize = 1024;
constexpr std::size_t kSendSize = 16384;
constexpr std::size_t kReceiveSize = 32768;
constexpr std::chrono::seconds kLinkPatience{5};

// One request under construction.
struct Message {
  std::array<char, kMessageSize> buffer{};
  nlmsghdr* header = mnl_nlmsg_put_header(buffer.data());

  Message(std::uint16_t type, int flags) {
    header->nlmsg_type = type;
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  }
  template <typename T>
  T& extra() {
    return *static_cast<T*>(mnl_nlmsg_put_extra_header(header, sizeof(T)));
  }
};

std::uint8_t family_of(const IpAddress& address) {
  return address.family == IpFamily::kIpv4 ? AF_INET : AF_INET6;
}

std::size_t size_of(const IpAddress& address) { return address_bits(address.family) / 8; }

void put_address(nlmsghdr* header, std::uint16_t attribute, const IpAddress& address) {
  mnl_attr_put(header, attribute, size_of(address), address.bytes.data());
}

void put_link(nlmsghdr* header, const std::string& name, const Mac& mac) {
  mnl_attr_put_strz(header, IFLA_IFNAME, name.c_str());
  mnl_attr_put(header, IFLA_ADDRESS, mac.size(), mac.data());
  // The default is a queue for each processor, which makes links dear on large machines.
  mnl_attr_put_u32(header, IFLA_NUM_TX_QUEUES, 1);
  mnl_attr_put_u32(header, IFLA_NUM_RX_QUEUES, 1);
}

mnl_socket* open_socket(int bus) {
  mnl_socket* socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
  if (socket == nullptr) return nullptr;
  if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) != 0) {
    const int error = errno;
    mnl_socket_close(socket);
    errno = error;
    return nullptr;
  }
  int on = 1;
  // Both only make error messages better; kernels without them still work.
  mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &on, sizeof(on));
  mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &on, sizeof(on));
  return socket;
}

// The kernel's own words in an error message, where it has some.
std::string kernel_text(const nlmsghdr* header) {
  if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
  std::size_t offset = sizeof(nlmsgerr);
  const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header));
  if ((header->nlmsg_flags & NLM_F_CAPPED) == 0) {
    offset += MNL_ALIGN(error->msg.nlmsg_len) - sizeof(nlmsghdr);
  }
  const auto* attribute = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(header, offset));
  const auto* end = static_cast<const char*>(mnl_nlmsg_get_payload_tail(header));
  while (mnl_attr_ok(attribute, static_cast<int>(end - reinterpret_cast<const char*>(attribute)))) {
    if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG) {
      return fmt::format(": {}", mnl_attr_get_str(attribute));
    }
    attribute = mnl_attr_next(attribute);
  }
  return {};
}

struct Refusal {
  std::uint32_t sequence = 0;
  int error = 0;
  std::string text;
};

// Reads until the answer to request `last`; `refused` becomes the first error seen on the way.
Status read_answers(mnl_socket* socket, std::uint32_t last, std::optional<Refusal>& refused) {
  std::vector<char> buffer(kReceiveSize);
  while (true) {
    const ssize_t size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (size < 0) return fail("cannot read netlink answers", errno);
    int left = static_cast<int>(size);
    const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
    for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
      if (header->nlmsg_type != NLMSG_ERROR) continue;
      const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(header));
      if (error->error != 0 && !refused) {
        refused = Refusal{header->nlmsg_seq, -error->error, kernel_text(header)};
      }
      if (header->nlmsg_seq == last) return {};
    }
  }
}

}  // namespace

void RouteBatch::Close::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

Result<RouteBatch> RouteBatch::open() {
  mnl_socket* socket = open_socket(NETLINK_ROUTE);
  if (socket == nullptr) return fail("cannot open a route netlink socket", errno);
  return RouteBatch(socket);
}

void RouteBatch::append(const nlmsghdr* message, std::string what) {
  const auto* bytes = reinterpret_cast<const char*>(message);
  requests_.push_back({{bytes, bytes + MNL_ALIGN(message->nlmsg_len)}, std::move(what)});
}

void RouteBatch::add_veth(const VethPair& pair) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  auto& link = message.extra<ifinfomsg>();
  link.ifi_index = static_cast<int>(pair.index);
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  put_link(message.header, pair.name, pair.mac);
  nlattr* info = mnl_attr_nest_start(message.header, IFLA_LINKINFO);
  mnl_attr_put_strz(message.header, IFLA_INFO_KIND, "veth");
  nlattr* data = mnl_attr_nest_start(message.header, IFLA_INFO_DATA);
  nlattr* peer = mnl_attr_nest_start(message.header, VETH_INFO_PEER);
  message.extra<ifinfomsg>().ifi_index = static_cast<int>(pair.peer_index);
  put_link(message.header, pair.peer_name, pair.peer_mac);
  mnl_attr_put_u32(message.header, IFLA_NET_NS_FD, static_cast<std::uint32_t>(pair.peer_netns));
  mnl_attr_nest_end(message.header, peer);
  mnl_attr_nest_end(message.header, data);
  mnl_attr_nest_end(message.header, info);
  append(message.header, "link " + pair.name);
}

void RouteBatch::set_up(std::uint32_t index) {
  Message message(RTM_NEWLINK, 0);
  auto& link = message.extra<ifinfomsg>();
  link.ifi_index = static_cast<int>(index);
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  append(message.header, fmt::format("link {} up", index));
}

void RouteBatch::add_address(std::uint32_t index, const IpAddress& address) {
  Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  auto& body = message.extra<ifaddrmsg>();
  body.ifa_family = family_of(address);
  body.ifa_prefixlen = static_cast<std::uint8_t>(address_bits(address.family));
  body.ifa_index = index;
  body.ifa_flags = IFA_F_PERMANENT | IFA_F_NODAD;
  put_address(message.header, IFA_LOCAL, address);
  put_address(message.header, IFA_ADDRESS, address);
  append(message.header, "address " + address.to_string());
}

void RouteBatch::add_route(std::uint32_t index, const Cidr& destination,
                           const std::optional<IpAddress>& gateway) {
  Message message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  auto& body = message.extra<rtmsg>();
  body.rtm_family = family_of(destination.address);
  body.rtm_dst_len = destination.length;
  body.rtm_table = RT_TABLE_MAIN;
  body.rtm_protocol = RTPROT_STATIC;
  body.rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  body.rtm_type = RTN_UNICAST;
  body.rtm_flags = gateway ? static_cast<unsigned>(RTNH_F_ONLINK) : 0U;
  put_address(message.header, RTA_DST, destination.address);
  mnl_attr_put_u32(message.header, RTA_OIF, index);
  if (gateway) put_address(message.header, RTA_GATEWAY, *gateway);
  append(message.header, "route to " + destination.to_string());
}

void RouteBatch::add_neighbour(std::uint32_t index, const IpAddress& address, const Mac& mac) {
  Message message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
  auto& body = message.extra<ndmsg>();
  body.ndm_family = family_of(address);
  body.ndm_ifindex = static_cast<int>(index);
  body.ndm_state = NUD_PERMANENT;
  put_address(message.header, NDA_DST, address);
  mnl_attr_put(message.header, NDA_LLADDR, mac.size(), mac.data());
  append(message.header, "neighbour " + address.to_string());
}

Status RouteBatch::commit() {
  const std::vector<Request> requests = std::exchange(requests_, {});
  const std::uint32_t base = sequence_ + 1;
  std::vector<char> buffer;
  std::size_t last_offset = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    last_offset = buffer.size();
    buffer.insert(buffer.end(), requests[i].bytes.begin(), requests[i].bytes.end());
    reinterpret_cast<nlmsghdr*>(buffer.data() + last_offset)->nlmsg_seq = ++sequence_;
    const bool full = buffer.size() + kMessageSize > kSendSize;
    if (!full && i + 1 < requests.size()) continue;
    // Errors are always told, success only of the last: so the answers cannot overflow.
    reinterpret_cast<nlmsghdr*>(buffer.data() + last_offset)->nlmsg_flags |= NLM_F_ACK;
    if (mnl_socket_sendto(socket_.get(), buffer.data(), buffer.size()) < 0) {
      return fail("cannot send netlink requests", errno);
    }
    std::optional<Refusal> refused;
    if (auto read = read_answers(socket_.get(), sequence_, refused); !read) return read;
    if (refused) {
      return fail(fmt::format("the kernel refused {}{}", requests[refused->sequence - base].what,
                              refused->text),
                  refused->error);
    }
    buffer.clear();
  }
  return {};
}

Result<std::size_t> RouteBatch::count_running() {
  Message message(RTM_GETLINK, NLM_F_DUMP);
  message.extra<ifinfomsg>().ifi_family = AF_UNSPEC;
  message.header->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), message.header, message.header->nlmsg_len) < 0) {
    return fail("cannot ask for the links", errno);
  }
  std::size_t running = 0;
  std::vector<char> buffer(kReceiveSize);
  while (true) {
    const ssize_t size = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
    if (size < 0) return fail("cannot read the links", errno);
    int left = static_cast<int>(size);
    const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
    for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
      if (header->nlmsg_type == NLMSG_DONE) return running;
      if (header->nlmsg_type == NLMSG_ERROR) return fail("the kernel does not list the links");
      const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(header));
      if ((link->ifi_flags & IFF_LOOPBACK) == 0 && (link->ifi_flags & IFF_RUNNING) != 0) ++running;
    }
  }
}

Status RouteBatch::wait_running(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + kLinkPatience;
  while (true) {
    auto running = count_running();
    if (!running) return std::unexpected(running.error());
    if (*running >= count) return {};
    if (std::chrono::steady_clock::now() > deadline) {
      return fail(fmt::format("only {} of {} links came up", *running, count));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

Status flush_conntrack() {
  mnl_socket* socket = open_socket(NETLINK_NETFILTER);
  if (socket == nullptr) return fail("cannot open a netfilter netlink socket", errno);
  const std::unique_ptr<mnl_socket, int (*)(mnl_socket*)> owner(socket, mnl_socket_close);
  // A deletion that names no connection means all of them.
  Message message((NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
  message.header->nlmsg_seq = 1;
  auto& body = message.extra<nfgenmsg>();
  body.nfgen_family = AF_UNSPEC;
  body.version = NFNETLINK_V0;
  if (mnl_socket_sendto(socket, message.header, message.header->nlmsg_len) < 0) {
    return fail("cannot send the flush of connection tracking", errno);
  }
  std::optional<Refusal> refused;
  if (auto read = read_answers(socket, 1, refused); !read) return read;
  if (refused) {
    return fail("the kernel refused to flush connection tracking" + refused->text, refused->error);
  }
  return {};
}

}  // namespace netpolc::lab
