#pragma once

#include <boost/asio/ip/address.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "net/upstream.hpp"

namespace wayleave::net {

/// True for addresses that are on the public internet: none of the special-purpose ranges of PX-06,
/// nor an IPv4 address of such a range inside IPv6 (mapped, compatible, NAT64, 6to4).
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

/// Decides which destinations may be dialled. The decision is made on the very address that is then
/// connected to, at connect time (PX-05). Immutable after construction; any thread may ask.
class Egress {
 public:
  /// One destination the operator permits by name although it is loopback, private or plain http.
  struct Permit {
    std::string host;  ///< lower case, as it appears in the URL
    std::uint16_t port = 0;
    friend auto operator<=>(const Permit&, const Permit&) = default;
    /// `HOST:PORT`, IPv6 literals in brackets.
    [[nodiscard]] static Result<Permit> parse(std::string_view text);
  };

  explicit Egress(std::vector<Permit> permits = {});

  /// Refuses plain http and literal addresses that are not public, unless permitted. No look-up.
  [[nodiscard]] Result<> check_origin(const Origin& origin) const;
  /// Of the resolved addresses, those that may be dialled for that origin, in order; an error with
  /// code `host_not_allowed` when none may.
  [[nodiscard]] Result<std::vector<Endpoint>> admit(
      const Origin& origin, const std::vector<boost::asio::ip::address>& resolved) const;

 private:
  [[nodiscard]] bool permitted(const Origin& origin) const;
  std::set<Permit> permits_;
};

}  // namespace wayleave::net
