#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wayleave::crypto {

// Time-based one-time passwords as authenticator apps make them (RFC 6238 with SHA-1, six digits,
// steps of thirty seconds).

inline constexpr std::size_t totp_secret_bytes = 20;

/// Which step a moment is in.
[[nodiscard]] std::int64_t totp_step(Instant at);
/// The six digits of a step (RFC 4226 section 5.3).
[[nodiscard]] std::string totp_code(std::string_view secret, std::int64_t step);
/// The step whose code this is: the one of `now` or a neighbour, for clocks that differ a little;
/// nullopt when it is none of them.
[[nodiscard]] std::optional<std::int64_t> matching_totp_step(std::string_view secret,
                                                             std::string_view code,
                                                             Instant now);
/// RFC 4648 section 6 without padding, as apps take secrets.
[[nodiscard]] std::string to_base32(std::string_view bytes);

}  // namespace wayleave::crypto
