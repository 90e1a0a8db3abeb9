#pragma once

#include <cstddef>
#include <string_view>

namespace wayleave::gateway {

inline constexpr std::size_t kJsonDepthMax = 64;  ///< DS-07

/// Whether `text` is one JSON value by RFC 8259, in valid UTF-8, at most `kJsonDepthMax` deep.
/// Judges the grammar alone: a number may have any length, because bodies are passed on as written
/// and parsers that make values of them refuse what does not fit theirs.
[[nodiscard]] bool is_json(std::string_view text);

}  // namespace wayleave::gateway
