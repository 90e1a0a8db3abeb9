#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"

namespace wayleave::connect {

/// Checks where a browser may be sent after connecting: an absolute http or https URL of visible
/// ASCII without user part, whose origin equals one of `origins` exactly once both are in lower
/// case and without a default port. No prefix, suffix or wildcard matching (OA-10, RFC 9700 section
/// 4.11.1). The error names field `returnUrl`.
[[nodiscard]] Result<> check_return_url(std::string_view url,
                                        const std::vector<std::string>& origins);

/// Checks the origin of a window that wants to hear how it ends: exactly one of `origins`, as
/// browsers write it. The error names field `origin`.
[[nodiscard]] Result<> check_opener(std::string_view origin,
                                    const std::vector<std::string>& origins);

/// `url` with the parameters appended to its query: what was there stays, the fragment stays last.
[[nodiscard]] std::string complete_return_url(std::string_view url, const FormFields& parameters);

/// The origin of an absolute URL in lower case without a default port; empty when it has none that
/// is beyond doubt.
[[nodiscard]] std::string origin_of(std::string_view url);

}  // namespace wayleave::connect
