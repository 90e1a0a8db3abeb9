#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::provider {

/// The names in braces of a template, in order; nullopt when a brace has no partner or no name.
[[nodiscard]] std::optional<std::vector<std::string>> placeholders(std::string_view text);

/// `text` with each `{name}` that `values` has replaced; others stay.
[[nodiscard]] std::string fill(std::string_view text,
                               const std::map<std::string, std::string>& values);

}  // namespace wayleave::provider
