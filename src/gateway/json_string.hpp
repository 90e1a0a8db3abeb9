#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace wayleave::gateway {

/// Replaces the escapes of a JSON string by what they mean, where it stands: no escape is shorter
/// than its character. `inside` is what stands between the quotes and has been judged already.
/// nullopt when it names half a surrogate pair, which is no character (RFC 8259 section 8.2).
[[nodiscard]] std::optional<std::string_view> unescape(std::span<char> inside);

}  // namespace wayleave::gateway
