#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/flat_json.hpp"

namespace wayleave::oauth {

/// Reading the members that token and introspection answers share.

/// A number or numeric string of whole seconds in [1, max]; nullopt for anything else.
[[nodiscard]] std::optional<std::chrono::seconds> seconds_member(const FlatObject& object,
                                                                 std::string_view name,
                                                                 std::chrono::seconds max);

/// `scopes` or `scope`, each an array of strings or a text; nullopt when the answer has none.
[[nodiscard]] std::optional<std::vector<std::string>> scope_members(const FlatObject& object);

/// Every other scalar as text, without anything named like a secret, at most kExtraFieldsMax of at
/// most kExtraBytesMax.
[[nodiscard]] std::map<std::string, std::string> extra_members(const FlatObject& object);

}  // namespace wayleave::oauth
