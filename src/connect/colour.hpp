#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wayleave::connect {

/// An sRGB colour.
struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

inline constexpr Colour kBlack{};
inline constexpr Colour kWhite{255, 255, 255};

/// `#rrggbb`, in any case; nullopt for anything else.
[[nodiscard]] std::optional<Colour> parse_colour(std::string_view text);

/// WCAG 2.2 contrast ratio, 1 to 21.
[[nodiscard]] double contrast(Colour a, Colour b);

/// Black or white, whichever is read better on `ground`; at least 4.5 to 1 on any
/// (WCAG 2.2, 1.4.3).
[[nodiscard]] Colour readable_on(Colour ground);

}  // namespace wayleave::connect
