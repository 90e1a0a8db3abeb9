#include "net/egress.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

namespace wayleave::net {
namespace {

namespace ip = boost::asio::ip;

struct Range4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return a << 24 | b << 16 | c << 8;
}

/// PX-06 and the IANA IPv4 special-purpose registry (RFC 6890): whatever is not globally reachable.
constexpr std::array<Range4, 15> kSpecial4{{
    {v4(0, 0, 0), 8},        // this network
    {v4(10, 0, 0), 8},       // private
    {v4(100, 64, 0), 10},    // carrier-grade NAT
    {v4(127, 0, 0), 8},      // loopback
    {v4(169, 254, 0), 16},   // link-local, cloud metadata
    {v4(172, 16, 0), 12},    // private
    {v4(192, 0, 0), 24},     // protocol assignments
    {v4(192, 0, 2), 24},     // documentation
    {v4(192, 88, 99), 24},   // 6to4 relays, deprecated
    {v4(192, 168, 0), 16},   // private
    {v4(198, 18, 0), 15},    // benchmarks
    {v4(198, 51, 100), 24},  // documentation
    {v4(203, 0, 113), 24},   // documentation
    {v4(224, 0, 0), 4},      // multicast
    {v4(240, 0, 0), 4},      // reserved, broadcast
}};

bool is_public_v4(std::uint32_t address) {
  return std::none_of(kSpecial4.begin(), kSpecial4.end(), [&](const Range4& range) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - range.bits);
    return (address & mask) == range.first;
  });
}

using Bytes6 = ip::address_v6::bytes_type;

struct Range6 {
  std::array<std::uint8_t, 4> first;
  int bits;
};

/// The special-purpose blocks inside 2000::/3, the only global unicast space (IANA, RFC 6890).
constexpr std::array<Range6, 3> kSpecial6{{
    {{0x20, 0x01, 0x00, 0x00}, 23},  // Teredo, benchmarks, ORCHID, other assignments
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00, 0x00}, 20},  // documentation
}};

bool in(const Bytes6& bytes, const Range6& range) {
  for (int bit = 0; bit < range.bits; bit += 8) {
    const auto i = static_cast<std::size_t>(bit / 8);
    const int left = std::min(8, range.bits - bit);
    if (((bytes[i] ^ range.first[i]) >> (8 - left)) != 0) return false;
  }
  return true;
}

std::uint32_t v4_at(const Bytes6& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

bool starts_with(const Bytes6& bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool is_public_v6(const Bytes6& bytes) {
  // Forms that carry an IPv4 address are what that address is: mapped, NAT64, 6to4. The
  // IPv4-compatible form ::/96 is obsolete and lies outside 2000::/3.
  if (starts_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) {
    return is_public_v4(v4_at(bytes, 12));
  }
  if (starts_with(bytes, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return is_public_v4(v4_at(bytes, 12));
  }
  if (starts_with(bytes, {0x20, 0x02})) return is_public_v4(v4_at(bytes, 2));
  if ((bytes[0] & 0xe0) != 0x20) return false;
  return std::none_of(
      kSpecial6.begin(), kSpecial6.end(), [&](const Range6& range) { return in(bytes, range); });
}

Endpoint endpoint_of(const ip::address& address, std::uint16_t port) {
  Endpoint endpoint{.v6 = address.is_v6(), .port = port};
  if (address.is_v6()) {
    endpoint.bytes = address.to_v6().to_bytes();
  } else {
    const auto bytes = address.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), endpoint.bytes.begin());
  }
  return endpoint;
}

/// A mapped address is dialled as the IPv4 address it is.
ip::address unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

std::unexpected<Error> not_allowed(const Origin& origin, const char* why) {
  return fail(ErrorKind::Reject, "host_not_allowed", origin.str() + " may not be called: " + why);
}

}  // namespace

bool is_public(const ip::address& address) {
  return address.is_v4() ? is_public_v4(address.to_v4().to_uint())
                         : is_public_v6(address.to_v6().to_bytes());
}

Result<Egress::Permit> Egress::Permit::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  if (text.find_first_of("/?#@") != std::string_view::npos || colon == std::string_view::npos ||
      (bracketed && text[colon - 1] != ']')) {
    return reject("permit", "a permitted destination is written HOST:PORT");
  }
  const auto origin = Origin::parse("http://" + std::string(text));
  if (!origin) return reject("permit", "a permitted destination is written HOST:PORT");
  return Permit{.host = origin->host, .port = origin->port};
}

Egress::Egress(std::vector<Permit> permits) : permits_(permits.begin(), permits.end()) {}

bool Egress::permitted(const Origin& origin) const {
  return permits_.contains({.host = origin.host, .port = origin.port});
}

Result<> Egress::check_origin(const Origin& origin) const {
  if (permitted(origin)) return {};
  if (!origin.tls) return not_allowed(origin, "only https is allowed");
  boost::system::error_code not_literal;
  const auto literal = ip::make_address(origin.host, not_literal);
  if (!not_literal && !is_public(literal)) {
    return not_allowed(origin, "it is not on the public internet");
  }
  return {};
}

Result<std::vector<Endpoint>> Egress::admit(const Origin& origin,
                                            const std::vector<ip::address>& resolved) const {
  WL_CHECK(check_origin(origin));
  const bool any = permitted(origin);
  std::vector<Endpoint> endpoints;
  for (const auto& address : resolved) {
    if (any || is_public(address)) endpoints.push_back(endpoint_of(unmapped(address), origin.port));
  }
  if (endpoints.empty()) return not_allowed(origin, "it has no address on the public internet");
  return endpoints;
}

}  // namespace wayleave::net
