#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "oauth/confidential.hpp"

namespace wayleave::oauth {

/// What a token endpoint granted. `expires_in` is missing when the provider said nothing usable
/// (absent, zero, negative, absurd): then the provider's default holds, or refresh on 401 (TK-14).
struct TokenSet {
  SecretString access_token;   ///< no CR, LF, NUL; at most 16 KiB
  SecretString refresh_token;  ///< empty: none came back, keep the old one (TK-12)
  std::optional<std::chrono::seconds> expires_in;
  /// How long the refresh token lives, where the provider tells (TK-22).
  std::optional<std::chrono::seconds> refresh_expires_in;
  std::optional<std::vector<std::string>> scopes;  ///< as granted; missing: as requested (OA-21)
  /// Further top-level scalar members as text (`hub_id`, `instance_url` …), tokens excluded; at
  /// most 32 of at most 1 KiB.
  std::map<std::string, std::string> extra;
};

/// What a failed answer means for the grant (TK-09).
enum class FailureClass {
  Terminal,   ///< the grant is dead: the user must connect again
  Config,     ///< the app's client id, secret or redirect is wrong: no connection's fault
  Transient,  ///< try later; nothing is known to have changed
};

struct TokenFailure {
  FailureClass failure = FailureClass::Transient;
  std::string
      code;  ///< the provider's own `error` (or HubSpot `status`), at most 64 safe characters
  std::string detail;  ///< for the log; without any secret, at most 200 characters
  std::optional<std::chrono::seconds> retry_after;
};

/// How a provider's token answers differ from RFC 6749: its own words beyond section 5.2, looked
/// for in the members `error`, `status` and `code`, and its own encoding.
struct ErrorWords {
  std::set<std::string> terminal;  ///< for example BAD_REFRESH_TOKEN, BAD_HUB
  std::set<std::string> transient;
  std::set<std::string> config;
  bool form_answers = false;  ///< answers are form-encoded instead of JSON (OA-19)
};

inline constexpr std::size_t kTokenBodyBytesMax = 1 << 20;
inline constexpr std::size_t kTokenBytesMax = 16 << 10;
inline constexpr std::size_t kExtraFieldsMax = 32;
inline constexpr std::size_t kExtraBytesMax = 1 << 10;
/// A longer life than this is not believed.
inline constexpr std::chrono::seconds kTokenLifeMax{10LL * 366 * 86'400};

using TokenOutcome = std::expected<TokenSet, TokenFailure>;

/// Reads a token endpoint's answer. Tolerant of a missing `expires_in`, strict about everything
/// dangerous: JSON object only (a form only where `words` says so), duplicate keys refused,
/// `token_type` must be bearer in any case when present, tokens are printable ASCII, bounded sizes
/// (OA-18, OA-19). A redirect is transient (OA-16). `retry_after` is understood in seconds; its
/// date form is ignored, since no clock is at hand here. `told`: see EndpointRequest.
[[nodiscard]] TokenOutcome read_token_response(int status,
                                               std::string_view content_type,
                                               std::string_view retry_after,
                                               std::string_view body,
                                               const ErrorWords& words,
                                               const Confidential& told = {});

}  // namespace wayleave::oauth
