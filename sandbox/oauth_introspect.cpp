#include <boost/json.hpp>

#include "sandbox/oauth.hpp"
#include "sandbox/oauth_form.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

json::array scopes_json(const Grant& grant) {
  return json::array(grant.scopes.begin(), grant.scopes.end());
}

std::int64_t seconds_left(const AccessToken& token, Instant now) {
  return std::chrono::floor<std::chrono::seconds>(token.expires - now).count();
}

/// What every description of a token says about the grant.
json::object describe_grant(Call& call, const Grant& grant, std::string_view token) {
  json::object out{{"token", json::string_view(token)},
                   {"hub_id", grant.portal_id},
                   {"user_id", grant.user_id},
                   {"scopes", scopes_json(grant)}};
  if (const Account* account = call.world.accounts.find(grant.portal_id)) {
    out["hub_domain"] = account->domain;
    out["user"] = account->installer.email;
  }
  return out;
}

std::uint64_t app_id_of(Call& call, const Grant& grant) {
  const App* app = call.world.apps.find(grant.client_id);
  return app == nullptr ? 0 : app->app_id;
}

/// The opaque inner token that HubSpot shows to the app's developer.
json::object signed_token(Call& call, const AccessToken& token) {
  const Grant& grant = *token.grant;
  const Account* account = call.world.accounts.find(grant.portal_id);
  return {{"expiresAt", to_millis(token.expires)},
          {"scopes", ""},
          {"hubId", grant.portal_id},
          {"userId", grant.user_id},
          {"appId", app_id_of(call, grant)},
          {"appInstallId", grant.install_id},
          {"audience", "APPS"},
          {"installingUserId", grant.user_id},
          {"signature", ""},
          {"scopeToScopeGroupPks", ""},
          {"newSignature", ""},
          {"hublet", account == nullptr ? "na1" : account->region},
          {"trialScopes", ""},
          {"trialScopeToScopeGroupPks", ""},
          {"isUserLevel", false},
          {"isPrivateDistribution", false},
          {"isServiceAccount", false}};
}

/// Null unless it works right now.
const AccessToken* live_access(Call& call, std::string_view token) {
  const AccessToken* held = call.world.grants.access(token);
  const bool live = held != nullptr && held->expires > call.now && !held->grant->access_ended;
  return live ? held : nullptr;
}

json::object describe_access(Call& call, const AccessToken& token, std::string_view text) {
  json::object out = describe_grant(call, *token.grant, text);
  out["active"] = true;
  out["token_use"] = "access_token";
  out["token_type"] = "Bearer";
  out["client_id"] = token.grant->client_id;
  out["app_id"] = app_id_of(call, *token.grant);
  out["expires_in"] = seconds_left(token, call.now);
  out["is_private_distribution"] = false;
  out["signed_access_token"] = signed_token(call, token);
  return out;
}

json::object describe_refresh(Call& call, const RefreshToken& token, std::string_view text) {
  json::object out = describe_grant(call, *token.grant, text);
  out["active"] = true;
  out["token_use"] = "refresh_token";
  out["token_type"] = "Bearer";
  out["client_id"] = token.grant->client_id;
  out["app_id"] = app_id_of(call, *token.grant);
  return out;
}

/// The token a form names; the prose and the specification disagree on the field.
std::string_view named_token(const Params& form) {
  for (const char* name : {"token", "access_token", "refresh_token"}) {
    if (const auto token = form.find(name)) return *token;
  }
  return {};
}

/// Runs `use` for a client that proved itself, with its form.
template <class Use>
Outcome<net::Response> as_client(Call& call, Use use) {
  WL_TRY(const Params form, oauth_form(call));
  const auto app = find_client(call, form);
  if (!app) return answer(app.error(), call.correlation_id);
  if (const auto proved = check_secret(**app, form); !proved) {
    return answer(proved.error(), call.correlation_id);
  }
  return use(form, **app);
}

}  // namespace

Outcome<net::Response> introspect(Call& call) {
  return as_client(call, [&](const Params& form, const App& app) -> net::Response {
    const auto token = named_token(form);
    const AccessToken* access = live_access(call, token);
    if (access != nullptr && access->grant->client_id == app.client_id) {
      return reply(200, describe_access(call, *access, token));
    }
    const RefreshToken* refresh = call.world.grants.live_refresh(token);
    if (refresh != nullptr && refresh->grant->client_id == app.client_id) {
      return reply(200, describe_refresh(call, *refresh, token));
    }
    return reply(200, {{"active", false}});
  });
}

Outcome<net::Response> revoke(Call& call) {
  return as_client(call, [&](const Params& form, const App& app) -> net::Response {
    const auto token = named_token(form);
    const RefreshToken* held = call.world.grants.live_refresh(token);
    // Access tokens are not revocable: they live until they expire.
    if (held != nullptr && held->grant->client_id == app.client_id) {
      call.world.grants.revoke_refresh(token);
    }
    return reply(200, {});
  });
}

Outcome<net::Response> access_token_metadata(Call& call) {
  const AccessToken* token = live_access(call, call.param(0));
  if (token == nullptr) return not_found("access token is invalid, expired or revoked");
  json::object out = describe_grant(call, *token->grant, call.param(0));
  out["token_type"] = "access";
  out["app_id"] = app_id_of(call, *token->grant);
  out["expires_in"] = seconds_left(*token, call.now);
  out["scope_to_scope_group_pks"] = json::array();
  out["trial_scopes"] = json::array();
  out["trial_scope_to_scope_group_pks"] = json::array();
  return reply(200, out);
}

Outcome<net::Response> refresh_token_metadata(Call& call) {
  const RefreshToken* token = call.world.grants.live_refresh(call.param(0));
  if (token == nullptr) return not_found("refresh token is invalid, expired or revoked");
  json::object out = describe_grant(call, *token->grant, call.param(0));
  out["token_type"] = "refresh";
  out["client_id"] = token->grant->client_id;
  return reply(200, out);
}

Outcome<net::Response> delete_refresh_token(Call& call) {
  call.world.grants.revoke_refresh(call.param(0));
  return no_content();
}

Outcome<net::Response> uninstall(Call& call) {
  call.world.grants.uninstall(
      call.grant->client_id, call.grant->portal_id, call.world.token_rules());
  return no_content();
}

}  // namespace wayleave::sandbox
