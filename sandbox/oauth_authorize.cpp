#include <algorithm>
#include <array>
#include <expected>

#include "sandbox/oauth.hpp"
#include "sandbox/pages.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

/// A checked authorize call: from here on the app may be redirected to.
struct Ask {
  App* app = nullptr;
  std::string redirect_uri;
  ScopeList scopes;
  ScopeList optional_scopes;
  std::optional<std::string> state;
  std::string challenge;
};

/// The page that ends a call which must not be redirected.
template <class T>
using OrPage = std::expected<T, net::Response>;

std::unexpected<net::Response> refuse(std::string_view title,
                                      std::string_view detail,
                                      const std::vector<std::string>& items = {}) {
  return std::unexpected(page(400, authorize_error_page(title, detail, items)));
}

OrPage<App*> find_or_adopt(Call& call, std::string_view client_id, const Params& params) {
  if (!is_client_id(client_id)) {
    return refuse("We could not find this app", "The client_id is missing or malformed.");
  }
  if (App* app = call.world.apps.find(client_id)) return app;
  if (call.world.settings.strict_clients) {
    return refuse("We could not find this app", "The client_id in the install URL is unknown.");
  }
  const auto redirect_uri = params.get("redirect_uri");
  if (!is_registrable_redirect(redirect_uri)) {
    return refuse("Authorization failed",
                  "The redirect_uri is missing or cannot be registered: it must be https, or http "
                  "on a loopback host.");
  }
  App app{.client_id = std::string(client_id)};
  app.redirect_urls = {std::string(redirect_uri)};
  app.required_scopes = split_scopes(params.get("scope"));
  app.optional_scopes = split_scopes(params.get("optional_scope"));
  app.adopted = true;
  App* adopted = call.world.apps.put(std::move(app));
  if (adopted == nullptr) return refuse("Too many apps", "Reset the sandbox or register the app.");
  return adopted;
}

OrPage<void> check_scopes(const Ask& ask) {
  if (ask.scopes.empty()) {
    return refuse("Authorization failed", "The install URL names no scope.");
  }
  ScopeList unknown;
  for (const auto* list : {&ask.scopes, &ask.optional_scopes}) {
    for (const auto& name : *list) {
      if (find_scope(name) == nullptr) unknown.push_back(name);
    }
  }
  if (!unknown.empty()) {
    return refuse("Scope mismatch", "The install URL names scopes that do not exist:", unknown);
  }
  const ScopeList lacking = missing(ask.app->required_scopes, ask.scopes);
  if (!lacking.empty()) {
    return refuse("Scope mismatch",
                  "Authorization failed because there is a mismatch between the scopes in the "
                  "install URL and the app's configured scopes. Required and not asked for:",
                  lacking);
  }
  if (ask.app->adopted) return {};
  ScopeList configured = ask.app->required_scopes;
  configured.insert(
      configured.end(), ask.app->optional_scopes.begin(), ask.app->optional_scopes.end());
  const ScopeList extra = missing(ask.scopes, configured);
  if (!extra.empty()) {
    return refuse("Scope mismatch",
                  "Authorization failed because there is a mismatch between the scopes in the "
                  "install URL and the app's configured scopes. Asked for and not configured:",
                  extra);
  }
  return {};
}

/// RFC 7636 section 4.2: S256 challenges are 43 characters; others are accepted up to 128.
OrPage<std::string> read_challenge(const Params& params) {
  const auto challenge = params.get("code_challenge");
  if (challenge.empty()) return std::string();
  if (params.get("code_challenge_method") != "S256") {
    return refuse("Authorization failed", "code_challenge_method must be S256.");
  }
  const bool lawful = challenge.size() >= 43 && challenge.size() <= 128 &&
                      std::ranges::all_of(challenge, [](unsigned char c) {
                        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
                      });
  if (!lawful) return refuse("Authorization failed", "The code_challenge is malformed.");
  return std::string(challenge);
}

OrPage<Ask> read_ask(Call& call, const Params& params) {
  constexpr std::array kOnce{"client_id",
                             "redirect_uri",
                             "scope",
                             "state",
                             "code_challenge",
                             "code_challenge_method",
                             "optional_scope"};
  for (const char* name : kOnce) {
    if (params.count(name) > 1) {
      return refuse("Authorization failed", std::string("The parameter is repeated: ") + name);
    }
  }
  Ask ask;
  WL_TRY(ask.app, find_or_adopt(call, params.get("client_id"), params));
  ask.redirect_uri = params.get("redirect_uri");
  if (!ask.app->accepts_redirect(ask.redirect_uri)) {
    return refuse("Authorization failed",
                  "Authorization failed because the redirect URL doesn't match the app's "
                  "registered redirect URL.");
  }
  ask.scopes = split_scopes(params.get("scope"));
  ask.optional_scopes = split_scopes(params.get("optional_scope"));
  WL_CHECK(check_scopes(ask));
  if (const auto state = params.find("state")) ask.state = std::string(*state);
  WL_TRY(ask.challenge, read_challenge(params));
  return ask;
}

std::string callback_url(const Ask& ask, const FormFields& answers) {
  std::string url = ask.redirect_uri;
  char separator = url.find('?') == std::string::npos ? '?' : '&';
  const auto add = [&](std::string_view name, std::string_view value) {
    url += separator;
    url += percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  };
  for (const auto& [name, value] : answers) add(name, value);
  if (ask.state) add("state", *ask.state);
  return url;
}

/// Asked-for scopes plus the optional ones this account can give.
ScopeList granted_scopes(const Ask& ask, const Account& account) {
  ScopeList scopes = ask.scopes;
  for (auto& name : available(ask.optional_scopes, account.tier)) {
    if (!contains(scopes, name)) scopes.push_back(std::move(name));
  }
  return scopes;
}

net::Response approve(Call& call, const Ask& ask, const Account& account) {
  Grants::CodeRequest request;
  request.client_id = ask.app->client_id;
  request.redirect_uri = ask.redirect_uri;
  request.challenge = ask.challenge;
  request.portal_id = account.portal_id;
  request.user_id = account.installer.id;
  request.region = account.region;
  request.scopes = granted_scopes(ask, account);
  const std::string code = call.world.grants.issue_code(
      std::move(request), call.world.token_rules(), call.now, call.random);
  return redirect(callback_url(ask, {{"code", code}}));
}

OrPage<void> check_account(const Ask& ask, const Account& account) {
  if (account.state == Account::State::Deleted) {
    return refuse("This account is not available", "The account was deleted.");
  }
  if (account.approval_required) {
    return refuse("Approval needed",
                  "An admin of this account must approve the app before it can be installed.");
  }
  const ScopeList lacking = missing(ask.scopes, available(ask.scopes, account.tier));
  if (!lacking.empty()) {
    return refuse("This app cannot be installed here",
                  "The account's subscription (" + std::string(tier_name(account.tier)) +
                      ") does not include what the app requires:",
                  lacking);
  }
  return {};
}

net::Response show_chooser(Call& call, const Ask& ask) {
  std::vector<AccountChoice> choices;
  for (const auto& [portal_id, account] : call.world.accounts.all()) {
    if (account.state == Account::State::Deleted) continue;
    choices.push_back({account.name,
                       "Hub ID " + std::to_string(portal_id) + ", " +
                           std::string(tier_name(account.tier)) + ", " + account.region + ", as " +
                           account.installer.email,
                       "/oauth/" + std::to_string(portal_id) + "/authorize?" + call.request.query});
  }
  return page(200, account_chooser_page(ask.app->name, choices));
}

net::Response show_consent(const Ask& ask, const Account& account, const Params& params) {
  ConsentView view;
  view.app_name = ask.app->name;
  view.account_name = account.name;
  view.user_email = account.installer.email;
  view.action = "/oauth/" + std::to_string(account.portal_id) + "/authorize";
  view.hidden = params.all();
  const ScopeList granted = granted_scopes(ask, account);
  for (const auto& name : granted) {
    view.grants.push_back(std::string(find_scope(name)->grants) + " (" + name + ")");
  }
  view.dropped = missing(ask.optional_scopes, granted);
  return page(200, consent_page(view));
}

/// The account the call names: in the path, by `_portal`, or by the person's `login_hint`.
OrPage<Account*> named_account(Call& call, const Params& params) {
  Accounts& accounts = call.world.accounts;
  std::string text(params.get("_portal"));
  if (!call.request.params.empty()) text = call.param(0);
  if (!text.empty()) {
    const auto portal_id = parse_id(text);
    Account* account = portal_id ? accounts.find(*portal_id) : nullptr;
    if (account == nullptr) {
      return refuse("You do not have access to this account", "There is no such Hub ID.");
    }
    return account;
  }
  return accounts.find_by_user(params.get("login_hint"));
}

OrPage<net::Response> run_authorize(Call& call) {
  const Params& params = call.query;
  WL_TRY(const Ask ask, read_ask(call, params));
  WL_TRY(Account * account, named_account(call, params));
  const bool automatic = call.world.settings.auto_consent;
  if (account == nullptr && !automatic) return show_chooser(call, ask);
  if (account == nullptr) account = call.world.accounts.next_for(ask.scopes);
  if (account == nullptr) {
    return refuse("This app cannot be installed", "No account can grant every required scope.");
  }
  WL_CHECK(check_account(ask, *account));
  return automatic ? approve(call, ask, *account) : show_consent(ask, *account, params);
}

OrPage<net::Response> run_decision(Call& call) {
  auto fields = parse_form(call.request.body);
  if (!fields) return refuse("Authorization failed", "The form is malformed.");
  const Params params(std::move(*fields));
  WL_TRY(const Ask ask, read_ask(call, params));
  WL_TRY(Account * account, named_account(call, params));
  if (account == nullptr) return refuse("Authorization failed", "The form names no account.");
  if (params.get("_decision") != "approve") {
    return redirect(callback_url(
        ask, {{"error", "access_denied"}, {"error_description", "The user denied the request"}}));
  }
  WL_CHECK(check_account(ask, *account));
  return approve(call, ask, *account);
}

net::Response either(OrPage<net::Response> outcome) {
  return outcome ? std::move(*outcome) : std::move(outcome.error());
}

}  // namespace

Outcome<net::Response> authorize(Call& call) { return either(run_authorize(call)); }

Outcome<net::Response> decide_consent(Call& call) { return either(run_decision(call)); }

}  // namespace wayleave::sandbox
