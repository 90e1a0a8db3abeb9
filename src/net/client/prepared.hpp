#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "net/client.hpp"

namespace wayleave::net {

/// An outgoing call as it goes over the wire. Wiped when it dies, since it holds credentials.
struct Prepared {
  Origin origin;
  std::string method;
  std::string bytes;        ///< head and body
  bool idempotent = false;  ///< RFC 9110 section 9.2.2: may be sent again
  std::size_t answer_bytes_max = 0;
  std::function<bool()> still_wanted;  ///< see Outgoing

  Prepared() = default;
  Prepared(Prepared&&) noexcept = default;
  Prepared& operator=(Prepared&&) noexcept = default;
  ~Prepared();
};

/// Writes the request. Refuses a URL that is not absolute http(s), fields that belong to the client
/// (Host, framing, hop-by-hop), and anything that could start another line (HT-17).
[[nodiscard]] Result<Prepared> prepare(Outgoing outgoing);

}  // namespace wayleave::net
