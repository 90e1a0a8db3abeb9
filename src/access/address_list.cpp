#include "access/address_list.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/text.hpp"

namespace wayleave::access {
namespace {

using Bytes = std::array<std::uint8_t, 16>;
constexpr Bytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

struct Address {
  Bytes bytes{};
  bool v4 = false;
  bool written_v4 = false;
};

std::optional<Address> parse_address(std::string_view text) {
  text = text.substr(0, text.find('%'));  // the zone of a link-local one
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.size() >= buffer.size()) return std::nullopt;
  std::ranges::copy(text, buffer.begin());
  Address address;
  address.bytes = kMapped;
  if (inet_pton(AF_INET, buffer.data(), address.bytes.data() + 12) == 1) {
    address.v4 = address.written_v4 = true;
    return address;
  }
  if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) != 1) return std::nullopt;
  address.v4 = std::equal(kMapped.begin(), kMapped.begin() + 12, address.bytes.begin());
  return address;
}

/// Whether the first `bits` are the same.
bool same_prefix(const Bytes& a, const Bytes& b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  return rest == 0 || ((a.at(whole) ^ b.at(whole)) >> (8 - rest)) == 0;
}

Bytes cleared_after(Bytes bytes, unsigned bits) {
  for (unsigned i = 0; i < 128; ++i) {
    if (i < bits) continue;
    bytes.at(i / 8) = static_cast<std::uint8_t>(bytes.at(i / 8) & ~(0x80U >> (i % 8)));
  }
  return bytes;
}

std::string to_text(const Bytes& bytes, unsigned bits, bool v4) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data() + (v4 ? 12 : 0), buffer.data(), buffer.size());
  return fmt::format("{}/{}", buffer.data(), v4 ? bits - kMappedBits : bits);
}

std::unexpected<Error> wrong(std::string_view text, std::string_view what) {
  return reject("allowedAddresses",
                fmt::format("allowedAddresses: '{}' {}", text.substr(0, 60), what));
}

}  // namespace

Result<AddressList::Network> AddressList::parse_one(std::string_view text) {
  constexpr std::string_view kNone =
      "is no address or network such as 203.0.113.7, 10.0.0.0/8 or "
      "2001:db8::/32";
  if (has_control(text) || !is_utf8(text)) return wrong("…", kNone);
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address || text.find('%') != std::string_view::npos) return wrong(text, kNone);
  Network network{address->bytes, 128, address->v4};
  if (slash == std::string_view::npos) return network;
  const auto prefix = parse_number<unsigned>(text.substr(slash + 1));
  if (!prefix || *prefix > (address->written_v4 ? 32U : 128U)) return wrong(text, kNone);
  network.bits = *prefix + (address->written_v4 ? kMappedBits : 0);
  if (network.v4 && network.bits < kMappedBits) return wrong(text, kNone);
  const Bytes first = cleared_after(network.first, network.bits);
  if (first != network.first) {
    return wrong(text,
                 fmt::format("has bits set after its prefix; that network is {}",
                             to_text(first, network.bits, network.v4)));
  }
  return network;
}

Result<AddressList> AddressList::parse(const std::vector<std::string>& networks) {
  if (networks.size() > kEntriesMax) {
    return reject("allowedAddresses",
                  fmt::format("allowedAddresses: at most {} networks", kEntriesMax));
  }
  AddressList list;
  for (const std::string& text : networks) {
    WL_TRY(const auto network, parse_one(text));
    list.networks_.push_back(network);
  }
  return list;
}

AddressList AddressList::from_stored(std::string_view text) {
  if (text.empty()) return {};
  std::vector<std::string> networks;
  for (const std::string_view part : split(text, ',')) networks.emplace_back(part);
  if (auto list = parse(networks)) return *std::move(list);
  AddressList none;  // of no kind: holds no address
  none.networks_.push_back({kMapped, 128, false});
  return none;
}

std::string AddressList::stored() const { return join(texts(), ","); }

bool AddressList::allows(std::string_view address) const {
  if (networks_.empty()) return true;
  const auto parsed = parse_address(address);
  return parsed && std::ranges::any_of(networks_, [&](const Network& network) {
           return network.v4 == parsed->v4 &&
                  same_prefix(network.first, parsed->bytes, network.bits);
         });
}

std::vector<std::string> AddressList::texts() const {
  std::vector<std::string> texts;
  for (const Network& network : networks_) {
    texts.push_back(to_text(network.first, network.bits, network.v4));
  }
  return texts;
}

}  // namespace wayleave::access
