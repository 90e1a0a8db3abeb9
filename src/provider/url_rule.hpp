#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wayleave::provider {

/// What a URL in a provider file or in an app's settings may be.
struct UrlRule {
  bool query = true;                   ///< may have a query
  bool path_is_base = false;           ///< other paths are appended to it: plain segments only
  std::string_view plain_origin = {};  ///< may be plain http although not loopback; borrowed
};

/// Why `url` may not be used, or nullopt. Absolute, https (http only for loopback hosts and the
/// rule's origin), a lower-case host, no user part, no fragment (OA-15).
[[nodiscard]] std::optional<std::string> url_fault(std::string_view url, const UrlRule& rule);

/// `scheme://host[:port]` of a URL, the scheme's own port left out; empty when it is not a URL.
[[nodiscard]] std::string origin_of(std::string_view url);

/// True for `http(s)://host[:port]` and nothing more.
[[nodiscard]] bool is_bare_origin(std::string_view url);

}  // namespace wayleave::provider
