#pragma once

#include <string_view>

#include "net/message.hpp"

namespace wayleave::sandbox {

/// How the token endpoint refuses (facts: HubSpot's own `status` and RFC 6749 section 5.2).
enum class OauthProblem {
  BadRefreshToken,
  BadAuthCode,
  BadClientId,
  BadClientSecret,
  BadRedirectUri,
  BadGrantType,
  BadCodeVerifier,
  BadScopes,
  BadHub,
};

/// 400 with both pairs: `status`, `message` and `error`, `error_description`.
[[nodiscard]] net::Response answer(OauthProblem problem, std::string_view correlation_id);
/// HubSpot's name of it, for example `BAD_AUTH_CODE`.
[[nodiscard]] std::string_view status_name(OauthProblem problem);

}  // namespace wayleave::sandbox
