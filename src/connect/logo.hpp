#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::connect {

inline constexpr std::size_t kLogoBytesMax = std::size_t{64} * 1024;
inline constexpr unsigned kLogoSideMax = 1024;  // pixels

/// A company's picture: PNG, JPEG or WebP, none of which can hold a script.
struct Logo {
  std::string type;  ///< `image/png`, `image/jpeg`, `image/webp`; empty: there is none
  std::string bytes;
  friend bool operator==(const Logo&, const Logo&) = default;
};

/// Reads `data:image/png;base64,…`. The bytes must be what the type says (by their first ones), at
/// most kLogoBytesMax, and at most kLogoSideMax pixels wide and high, so that a small file cannot
/// become a huge picture in a browser's memory. The error names field `appearance.logo`.
[[nodiscard]] Result<Logo> parse_logo(std::string_view data_uri);

/// Empty when there is no logo.
[[nodiscard]] std::string data_uri(const Logo& logo);

}  // namespace wayleave::connect
