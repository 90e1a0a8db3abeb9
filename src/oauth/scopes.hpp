#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::oauth {

inline constexpr std::size_t kScopesMax = 1000;

/// The scopes of one text, separated by spaces or commas; each once, in order, at most kScopesMax.
[[nodiscard]] std::vector<std::string> split_scopes(std::string_view text);

/// What the user was given, as the provider answered; a provider that says nothing granted what was
/// asked for (RFC 6749 section 5.1, OA-21).
[[nodiscard]] std::vector<std::string> granted_scopes(
    const std::vector<std::string>& requested,
    const std::optional<std::vector<std::string>>& answered);

/// Those of `requested` that are not in `granted`, in order: not empty means a limited connection.
[[nodiscard]] std::vector<std::string> missing_scopes(const std::vector<std::string>& requested,
                                                      const std::vector<std::string>& granted);

}  // namespace wayleave::oauth
