#pragma once

#include <string_view>

#include "net/http1/head.hpp"

namespace wayleave::gateway {

/// Whether a caller's field goes on to the provider. Not: hop-by-hop fields and those Connection
/// names (HT-13, HT-14), framing, Host, the caller's own key and cookies, forwarding and gateway
/// control fields (HT-15, HT-16), nor names that only differ from those by '_' (HT-23).
[[nodiscard]] bool goes_upstream(const net::http1::Head& head, std::string_view name);

/// Whether a provider's field goes back to the caller. Not: hop-by-hop fields, framing, cookies and
/// CORS of the provider, and what would speak for the gateway's own host (HT-19).
[[nodiscard]] bool goes_to_caller(const net::http1::Head& head, std::string_view name);

}  // namespace wayleave::gateway
