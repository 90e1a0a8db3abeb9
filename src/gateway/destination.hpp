#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/upstream.hpp"
#include "provider/provider.hpp"

namespace wayleave::net {
class UpstreamPool;
}

namespace wayleave::gateway {

/// One of a provider's declared hosts, parsed once: the allow-list of PX-01.
struct AllowedHost {
  std::string name;
  net::Origin origin;
  std::string host_line;  ///< `Host: … CRLF`
  std::string prefix;     ///< path of the base URL without a trailing '/', empty for none
  net::UpstreamPool* pool = nullptr;  ///< of the worker that holds this copy, once it has one
};

/// The hosts of a provider, in its order; the first is the default.
[[nodiscard]] Result<std::vector<AllowedHost>> allowed_hosts(const provider::Provider& provider);

/// Where a call goes: one of the allowed hosts and a target on it, byte for byte as asked for.
struct Destination {
  const AllowedHost* host = nullptr;
  std::string target;  ///< origin-form: path and query; its memory is used again
};

/// For the transparent proxy: path and query of a parsed request target on the host named `base`
/// (empty: the default). The query begins with its '?', so that an empty one is not lost.
[[nodiscard]] Result<> choose_destination(const std::vector<AllowedHost>& hosts,
                                          std::string_view base,
                                          std::string_view path,
                                          std::string_view query_with_mark,
                                          Destination& out);

/// For the envelope: `url` is a path on the default host, or absolute on an allowed origin. Scheme,
/// host and port must be equal, not alike (PX-01, PX-02); what was checked is what is connected to,
/// since only the parsed origin of the list goes on (PX-03). Errors name the field `url`.
[[nodiscard]] Result<> choose_destination(const std::vector<AllowedHost>& hosts,
                                          std::string_view url,
                                          Destination& out);

}  // namespace wayleave::gateway
