#pragma once

#include <span>
#include <string_view>

#include "net/message.hpp"
#include "sandbox/call.hpp"

namespace wayleave::sandbox {

/// How a call gets in.
enum class Door {
  Open,     ///< no credentials: pages, token endpoints
  Bearer,   ///< access token; counts against the app's rolling window
  Search,   ///< access token; has its own window and no rate-limit headers
  Metered,  ///< access token; not limited (the control room's echo and bytes)
  Control,  ///< the control room: no faults, not in the log
};

/// What a path keeps to itself in logs and counts.
enum class Privacy { Plain, TokenInPath };

/// One line of the service's reference.
struct Endpoint {
  using Handler = Outcome<net::Response> (*)(Call&);
  std::string_view method;
  std::string_view path;  ///< behind the resource's own
  Handler handler;
  Door door = Door::Bearer;
  Privacy privacy = Privacy::Plain;
};

/// A group of endpoints under one path. `{ver}` in the date-versioned path stands for every dated
/// version; other braces match one segment each, which arrive in Request::params in that order.
struct Resource {
  std::string_view path;        ///< the classic path
  std::string_view dated_path;  ///< empty when there is none
  std::span<const Endpoint> endpoints;
};

inline constexpr std::string_view kDatedVersions[] = {"2026-03", "2026-09"};

/// Everything that is served, in the order of HubSpot's reference; the control room last.
[[nodiscard]] std::span<const Resource> resources();

}  // namespace wayleave::sandbox
