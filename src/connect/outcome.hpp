#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "oauth/token_response.hpp"

namespace wayleave::connect {

/// How a callback came out. The first group refuses without touching the flow, so that the rightful
/// browser can still finish; the second ends the flow for good and is stored with it.
enum class Outcome {
  Malformed,       ///< parameters missing, twice, too long or with control bytes (OA-13)
  UnknownState,    ///< no flow of ours (OA-01)
  UsedState,       ///< its flow ended before (OA-03)
  ExpiredState,    ///< ten minutes passed (OA-04)
  AppChanged,      ///< the app was changed or removed meanwhile (OA-04)
  WrongPath,       ///< arrived on another app's callback path (OA-08)
  WrongBrowser,    ///< the binding cookie is missing or another's (OA-02)
  IssuerMismatch,  ///< `iss` is not the provider of the flow (OA-07)
  LinkUsed,        ///< another flow of the same install link connected already

  Connected,
  Denied,           ///< the customer said no (OA-11)
  ProviderError,    ///< the provider answered with another error
  CodeRefused,      ///< the token endpoint refused the code
  Unreachable,      ///< the token endpoint gave no usable answer
  Misconfigured,    ///< the token endpoint refused the app itself
  AccountMismatch,  ///< the user is connected to another account of the provider (OA-25)
  Failed,           ///< a fault of ours
};

/// `connected`, `wrong_browser` …: stored, logged and audited under these names.
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::optional<Outcome> parse_outcome(std::string_view text);

/// The authorization endpoint's `error`: the customer declined, or something else went wrong.
[[nodiscard]] Outcome outcome_of_error(std::string_view error);
[[nodiscard]] Outcome outcome_of_failure(oauth::FailureClass failure);

/// What an API caller is told. `provider_name` may be empty while the flow is not known.
[[nodiscard]] Error error_of(Outcome outcome, std::string_view provider_name);

}  // namespace wayleave::connect
