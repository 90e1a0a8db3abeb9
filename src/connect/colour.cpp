#include "connect/colour.hpp"

#include <algorithm>
#include <cmath>

#include "base/bytes.hpp"

namespace wayleave::connect {
namespace {

/// WCAG 2.2, "relative luminance".
double luminance(Colour colour) {
  const auto linear = [](std::uint8_t channel) {
    const double part = channel / 255.0;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

}  // namespace

std::optional<Colour> parse_colour(std::string_view text) {
  if (text.size() != 7 || text.front() != '#') return std::nullopt;
  const auto bytes = from_hex(text.substr(1));
  if (!bytes) return std::nullopt;
  const auto channels = as_bytes(*bytes);
  return Colour{channels[0], channels[1], channels[2]};
}

double contrast(Colour a, Colour b) {
  const auto [darker, lighter] = std::minmax({luminance(a), luminance(b)});
  return (lighter + 0.05) / (darker + 0.05);
}

Colour readable_on(Colour ground) {
  return contrast(ground, kWhite) >= contrast(ground, kBlack) ? kWhite : kBlack;
}

}  // namespace wayleave::connect
