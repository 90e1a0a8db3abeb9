#pragma once

#include <string>
#include <string_view>

#include "base/random.hpp"

namespace wayleave::connect {

/// One-time secrets a browser carries: `state`, the token of an install link, the binding cookie.
/// 256 random bits as 43 base64url characters; only their SHA-256 is ever stored (OA-01).
[[nodiscard]] std::string make_one_time(Random& random);
/// The layout is right; anything else is refused without a look-up.
[[nodiscard]] bool is_one_time(std::string_view text);
/// What is stored and looked up: 32 bytes.
[[nodiscard]] std::string one_time_digest(std::string_view text);
/// Compares in constant time; false for an empty digest.
[[nodiscard]] bool matches_digest(std::string_view text, std::string_view digest);

}  // namespace wayleave::connect
