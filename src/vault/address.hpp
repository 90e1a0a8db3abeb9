#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::vault {

/// An exact origin, `https://host[:port]`, or `http` where the host is loopback: no path, query,
/// user part or wildcard (OA-10). Comes back in lower case and without a default port, as browsers
/// send it. An error names `field`.
[[nodiscard]] Result<std::string> parse_origin(std::string_view text, std::string_view field);

/// An absolute https URL (http where the host is loopback) without user part and fragment.
[[nodiscard]] Result<std::string> parse_webhook_url(std::string_view text);

}  // namespace wayleave::vault
