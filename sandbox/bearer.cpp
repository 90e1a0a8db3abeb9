#include "sandbox/bearer.hpp"

#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

std::unexpected<Problem> no_credentials() {
  Problem problem;
  problem.status = 401;
  problem.category = "INVALID_AUTHENTICATION";
  problem.message =
      "Authentication credentials not found. This API supports OAuth 2.0 authentication and you "
      "can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview";
  return std::unexpected(std::move(problem));
}

/// HubSpot says of tokens it cannot read that they expired in 1970.
std::unexpected<Problem> expired(Instant at, Instant now) {
  const auto ago = std::chrono::floor<std::chrono::seconds>(now - at).count();
  Problem problem;
  problem.status = 401;
  problem.category = "EXPIRED_AUTHENTICATION";
  problem.message =
      "The OAuth token used to make this call expired " + std::to_string(ago) + " second(s) ago.";
  problem.context["expire time"] = {to_rfc3339(at)};
  return std::unexpected(std::move(problem));
}

Outcome<void> check_state(const Account& account) {
  Problem problem;
  switch (account.state) {
    case Account::State::Active:
      return {};
    case Account::State::Deleted:
      return no_credentials();
    case Account::State::Migrating:
      problem.status = 477;
      problem.category = "MIGRATION_IN_PROGRESS";
      problem.message = "The account is being moved to another data centre.";
      break;
    case Account::State::Locked:
      problem.status = 423;
      problem.category = "LOCKED";
      problem.message = "The account is locked; retry in a moment.";
      break;
  }
  return std::unexpected(std::move(problem));
}

}  // namespace

std::string_view bearer_token(const net::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const auto field = request.fields.get("authorization").value_or("");
  if (field.size() < kScheme.size() || !iequals(field.substr(0, kScheme.size()), kScheme)) {
    return {};
  }
  return trim(field.substr(kScheme.size()));
}

Outcome<void> check_bearer(Call& call) {
  const auto text = bearer_token(call.request);
  if (text.empty() || call.request.fields.count("authorization") > 1) return no_credentials();
  const AccessToken* token = call.world.grants.access(text);
  if (token == nullptr) return expired(Instant{}, call.now);
  if (token->expires <= call.now) return expired(token->expires, call.now);
  if (token->grant->access_ended) return no_credentials();
  call.grant = token->grant;
  call.account = call.world.accounts.find(token->grant->portal_id);
  if (call.account == nullptr) return missing_scopes({"oauth"});  // an app's own token
  return check_state(*call.account);
}

}  // namespace wayleave::sandbox
