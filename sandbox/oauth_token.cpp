#include <boost/json.hpp>

#include "sandbox/oauth.hpp"
#include "sandbox/oauth_form.hpp"
#include "sandbox/rate_limits.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

using Tokens = std::expected<TokenPair, OauthProblem>;

enum class Version { First, Later };

constexpr std::string_view kJournalScopes = "developer.webhooks_journal.";

Account* live_account(Call& call, std::uint64_t portal_id) {
  Account* account = call.world.accounts.find(portal_id);
  return account != nullptr && account->state != Account::State::Deleted ? account : nullptr;
}

Tokens exchange_code(Call& call, const App& app, const Params& form) {
  const std::uint64_t portal_id = call.world.grants.portal_of_code(form.get("code"));
  const Account* account = live_account(call, portal_id);
  if (portal_id != 0 && account == nullptr) return std::unexpected(OauthProblem::BadHub);
  const std::string region = account != nullptr ? account->region : "na1";
  const Grants::Exchange request{.client_id = app.client_id,
                                 .code = form.get("code"),
                                 .redirect_uri = form.get("redirect_uri"),
                                 .verifier = form.get("code_verifier"),
                                 .region = region};
  return call.world.grants.exchange(request, call.world.token_rules(), call.now, call.random);
}

Tokens refresh_tokens(Call& call, const App& app, const Params& form) {
  const auto token = form.get("refresh_token");
  const std::uint64_t portal_id = call.world.grants.portal_of_refresh(token);
  const Account* account = live_account(call, portal_id);
  if (portal_id != 0 && account == nullptr) return std::unexpected(OauthProblem::BadHub);
  const std::string region = account != nullptr ? account->region : "na1";
  return call.world.grants.refresh(
      app.client_id, token, region, call.world.token_rules(), call.now, call.random);
}

/// Only the webhooks journal takes an app's own token.
Tokens app_tokens(Call& call, const App& app, const Params& form) {
  ScopeList scopes = split_scopes(form.get("scope"));
  if (scopes.empty()) return std::unexpected(OauthProblem::BadScopes);
  for (const auto& name : scopes) {
    if (!name.starts_with(kJournalScopes) || find_scope(name) == nullptr) {
      return std::unexpected(OauthProblem::BadScopes);
    }
  }
  return call.world.grants.app_token(
      app.client_id, std::move(scopes), call.world.token_rules(), call.now, call.random);
}

Tokens run_grant(Call& call, App& app, const Params& form, Version version) {
  const auto type = form.get("grant_type");
  const bool known = type == "authorization_code" || type == "refresh_token" ||
                     (type == "client_credentials" && version == Version::Later);
  if (!known) return std::unexpected(OauthProblem::BadGrantType);
  WL_CHECK(check_secret(app, form));
  if (type == "authorization_code") return exchange_code(call, app, form);
  if (type == "refresh_token") return refresh_tokens(call, app, form);
  return app_tokens(call, app, form);
}

net::Response token_answer(const TokenPair& pair) {
  json::object body{{"token_type", "bearer"},
                    {"token_use", "access_token"},
                    {"access_token", pair.access_token},
                    {"expires_in", pair.expires_in.count()}};
  if (!pair.refresh_token.empty()) {
    body["refresh_token"] = pair.refresh_token;
    body["hub_id"] = pair.grant->portal_id;
    body["user_id"] = pair.grant->user_id;
    body["scopes"] = json::array(pair.grant->scopes.begin(), pair.grant->scopes.end());
  }
  net::Response response = reply(200, body);
  response.fields.add("Cache-Control", "no-store");
  return response;
}

Outcome<net::Response> token_call(Call& call, Version version) {
  WL_TRY(const Params form, oauth_form(call));
  const auto app = find_client(call, form);
  if (!app) return answer(app.error(), call.correlation_id);
  if (auto limited = limit_token_calls(call, (*app)->client_id)) return std::move(*limited);
  const Tokens tokens = run_grant(call, **app, form, version);
  if (!tokens) return answer(tokens.error(), call.correlation_id);
  return token_answer(*tokens);
}

}  // namespace

Outcome<net::Response> issue_token(Call& call) { return token_call(call, Version::Later); }

Outcome<net::Response> issue_token_v1(Call& call) { return token_call(call, Version::First); }

}  // namespace wayleave::sandbox
