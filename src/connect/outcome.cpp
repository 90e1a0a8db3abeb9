#include "connect/outcome.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace wayleave::connect {
namespace {

struct Name {
  Outcome outcome;
  std::string_view text;
};

constexpr std::array kNames{
    Name{Outcome::Malformed, "malformed"},
    Name{Outcome::UnknownState, "unknown_state"},
    Name{Outcome::UsedState, "used_state"},
    Name{Outcome::ExpiredState, "expired_state"},
    Name{Outcome::AppChanged, "app_changed"},
    Name{Outcome::WrongPath, "wrong_path"},
    Name{Outcome::WrongBrowser, "wrong_browser"},
    Name{Outcome::IssuerMismatch, "issuer_mismatch"},
    Name{Outcome::LinkUsed, "link_used"},
    Name{Outcome::Connected, "connected"},
    Name{Outcome::Denied, "denied"},
    Name{Outcome::ProviderError, "provider_error"},
    Name{Outcome::CodeRefused, "code_refused"},
    Name{Outcome::Unreachable, "unreachable"},
    Name{Outcome::Misconfigured, "misconfigured"},
    Name{Outcome::AccountMismatch, "account_mismatch"},
    Name{Outcome::Failed, "failed"},
};

}  // namespace

std::string_view to_string(Outcome outcome) {
  return std::ranges::find(kNames, outcome, &Name::outcome)->text;
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  const auto found = std::ranges::find(kNames, text, &Name::text);
  if (found == kNames.end()) return std::nullopt;
  return found->outcome;
}

Outcome outcome_of_error(std::string_view error) {
  // The first is RFC 6749 section 4.1.2.1; the others are what some providers say instead.
  constexpr std::array<std::string_view, 4> declined{
      "access_denied", "user_denied", "user_cancelled_login", "user_cancelled_authorize"};
  return std::ranges::find(declined, error) != declined.end() ? Outcome::Denied
                                                              : Outcome::ProviderError;
}

Outcome outcome_of_failure(oauth::FailureClass failure) {
  switch (failure) {
    case oauth::FailureClass::Terminal:
      return Outcome::CodeRefused;
    case oauth::FailureClass::Config:
      return Outcome::Misconfigured;
    case oauth::FailureClass::Transient:
      return Outcome::Unreachable;
  }
  return Outcome::Failed;
}

Error error_of(Outcome outcome, std::string_view provider_name) {
  const std::string provider(provider_name.empty() ? "the provider" : provider_name);
  const auto refused = [](std::string field, std::string detail) {
    return Error{ErrorKind::Reject, "invalid_request", std::move(detail), {}, std::move(field)};
  };
  const auto ended = [](ErrorKind kind, std::string code, std::string detail) {
    return Error{kind, std::move(code), std::move(detail)};
  };
  switch (outcome) {
    case Outcome::Malformed:
      return refused("", "the callback is malformed");
    case Outcome::UnknownState:
      return refused("state", "no authorization with this state was begun here");
    case Outcome::UsedState:
      return refused("state", "this state was used already; begin again");
    case Outcome::ExpiredState:
      return refused("state", "this state has expired; begin again");
    case Outcome::AppChanged:
      return refused("state", "the app was changed or removed meanwhile; begin again");
    case Outcome::WrongPath:
      return refused("state", "this state belongs to another app's callback path");
    case Outcome::WrongBrowser:
      return refused("state", "this state belongs to another browser; begin again in this one");
    case Outcome::IssuerMismatch:
      return refused("iss", "iss does not name the issuer that this app is configured with");
    case Outcome::LinkUsed:
      return ended(ErrorKind::NotFound, "gone", "this install link was used already");
    case Outcome::Denied:
      return ended(ErrorKind::Reject, "access_denied", "the customer declined at " + provider);
    case Outcome::ProviderError:
      return ended(ErrorKind::Reject, "provider_error", provider + " answered with an error");
    case Outcome::CodeRefused:
      return ended(ErrorKind::Reject, "code_refused", provider + " refused the code; begin again");
    case Outcome::Unreachable:
      return ended(ErrorKind::Retry,
                   "upstream_unreachable",
                   provider + " could not be asked; begin again in a moment");
    case Outcome::Misconfigured:
      return ended(ErrorKind::Conflict,
                   "app_misconfigured",
                   provider + " refused the app; check its client id, secret and redirect URL");
    case Outcome::AccountMismatch:
      return ended(ErrorKind::Conflict,
                   "account_mismatch",
                   "the user is connected to another account of " + provider +
                       "; disconnect that one first");
    case Outcome::Connected:
    case Outcome::Failed:
      break;
  }
  return ended(ErrorKind::Internal, "internal", "internal error");
}

}  // namespace wayleave::connect
