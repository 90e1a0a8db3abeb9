#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/task.hpp"

namespace wayleave::net {

/// Scheme, host and port of a destination. `host` is a lower-case name or a literal address
/// without brackets.
struct Origin {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
  friend auto operator<=>(const Origin&, const Origin&) = default;
  /// `https://host[:port]`, the port left out when it is the scheme's own.
  [[nodiscard]] std::string str() const;
  /// The Host field's value.
  [[nodiscard]] std::string authority() const;
  /// Parses scheme, host and port of an absolute URL without user part; the one URL parser of the
  /// product (Boost.URL) decides (PX-03). Only http and https.
  [[nodiscard]] static Result<Origin> parse(std::string_view url);
};

/// An address that passed the egress guard and may be dialled; nothing else can be (PX-05).
struct Endpoint {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  ///< network order; the first four for IPv4
  std::uint16_t port = 0;
  [[nodiscard]] std::string str() const;
};

class Egress;      // net/egress.hpp: which addresses may be dialled
class Resolver;    // net/resolver.hpp: names to addresses, off the workers
class TlsContext;  // net/tls.hpp: verified TLS to providers

/// What the workers need to reach providers. All must outlive the server; all are thread-safe.
struct UpstreamServices {
  const Egress* egress = nullptr;
  Resolver* resolver = nullptr;
  const TlsContext* tls = nullptr;
};

}  // namespace wayleave::net
