#include <boost/json.hpp>

#include "sandbox/control.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr std::int64_t kIdMax = 9'007'199'254'740'991;  // 2^53 - 1: exact in every JSON reader
constexpr std::int64_t kYear = 365LL * 86'400;

constexpr std::string_view kTierNames[] = {"free", "starter", "professional", "enterprise"};
constexpr std::string_view kStateNames[] = {"active", "deleted", "migrating", "locked"};

template <class Enum, std::size_t N>
Outcome<void> read_enum(JsonReader& reader,
                        std::string_view name,
                        const std::string_view (&names)[N],
                        Enum& out) {
  const auto text = reader.text(name);
  if (!text) return {};
  for (std::size_t i = 0; i < N; ++i) {
    if (*text != names[i]) continue;
    out = static_cast<Enum>(i);
    return {};
  }
  std::string wanted;
  for (const auto known : names) wanted += (wanted.empty() ? "" : ", ") + std::string(known);
  return invalid("\"" + std::string(name) + "\" must be one of " + wanted);
}

json::array to_array(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

json::object to_json(const App& app) {
  return {{"clientId", app.client_id},
          {"appId", app.app_id},
          {"name", app.name},
          {"adopted", app.adopted},
          {"redirectUrls", to_array(app.redirect_urls)},
          {"requiredScopes", to_array(app.required_scopes)},
          {"optionalScopes", to_array(app.optional_scopes)}};
}

json::object to_json(const Account& account) {
  return {{"portalId", account.portal_id},
          {"name", account.name},
          {"domain", account.domain},
          {"region", account.region},
          {"tier", json::string_view(kTierNames[static_cast<std::size_t>(account.tier)])},
          {"state", json::string_view(kStateNames[static_cast<std::size_t>(account.state)])},
          {"approvalRequired", account.approval_required},
          {"user", account.installer.email},
          {"userId", account.installer.id}};
}

Outcome<App> read_app(const json::object& body) {
  JsonReader reader(body);
  App app;
  app.client_id = reader.text("clientId").value_or("");
  const auto secret = reader.text("clientSecret");
  app.app_id = static_cast<std::uint64_t>(reader.integer("appId", 1, kIdMax).value_or(0));
  app.name = reader.text("name").value_or("");
  app.redirect_urls = reader.texts("redirectUrls").value_or(std::vector<std::string>{});
  app.required_scopes = reader.texts("requiredScopes").value_or(std::vector<std::string>{});
  app.optional_scopes = reader.texts("optionalScopes").value_or(std::vector<std::string>{});
  WL_CHECK(reader.finish());
  if (!is_client_id(app.client_id)) {
    return invalid("\"clientId\" must be given: at most 200 visible ASCII characters");
  }
  if (!secret || secret->empty()) return invalid("\"clientSecret\" must be given");
  if (app.redirect_urls.empty()) return invalid("\"redirectUrls\" must name at least one URL");
  for (const auto& url : app.redirect_urls) {
    if (!is_registrable_redirect(url)) {
      return invalid("\"redirectUrls\" takes https URLs, or http on a loopback host");
    }
  }
  app.secret_digest = crypto::sha256(*secret);
  return app;
}

json::object to_json(const Options& settings) {
  return {{"autoConsent", settings.auto_consent},
          {"strictClients", settings.strict_clients},
          {"rotateRefreshTokens", settings.rotate_refresh_tokens},
          {"reuseRevokesFamily", settings.reuse_revokes_family},
          {"uninstallEndsAccess", settings.uninstall_ends_access},
          {"accessTokenTtl", settings.access_token_ttl.count()},
          {"codeTtl", settings.code_ttl.count()},
          {"rotationGrace", settings.rotation_grace.count()},
          {"searchLag", settings.search_lag.count()},
          {"rateLimit", settings.rate_limit_requests},
          {"rateLimitWindow", settings.rate_limit_window.count()},
          {"searchLimit", settings.search_limit},
          {"tokenLimit", settings.token_limit},
          {"dailyLimit", settings.daily_limit}};
}

void read_seconds(JsonReader& reader, std::string_view name, std::int64_t min, seconds& out) {
  if (const auto value = reader.integer(name, min, kYear)) out = seconds{*value};
}

void read_limit(JsonReader& reader, std::string_view name, int& out) {
  if (const auto value = reader.integer(name, 0, 1'000'000)) out = static_cast<int>(*value);
}

void read_flag(JsonReader& reader, std::string_view name, bool& out) {
  if (const auto value = reader.boolean(name)) out = *value;
}

/// The account's description after the change, not yet stored.
Outcome<Account> read_account(Call& call, const json::object& body, std::uint64_t portal_id) {
  const Account* held = call.world.accounts.find(portal_id);
  Account account = held != nullptr ? *held : Account{};
  account.portal_id = portal_id;
  JsonReader reader(body);
  if (auto name = reader.text("name")) account.name = std::move(*name);
  if (auto domain = reader.text("domain")) account.domain = std::move(*domain);
  if (auto region = reader.text("region")) account.region = std::move(*region);
  if (auto email = reader.text("user")) account.installer.email = std::move(*email);
  WL_CHECK(read_enum(reader, "tier", kTierNames, account.tier));
  WL_CHECK(read_enum(reader, "state", kStateNames, account.state));
  read_flag(reader, "approvalRequired", account.approval_required);
  WL_CHECK(reader.finish());
  if (has_control(account.region) || account.region.size() > 8) {
    return invalid("\"region\" must be a short name such as na1 or eu1");
  }
  if (held == nullptr) {
    if (account.name.empty()) account.name = "Account " + std::to_string(portal_id);
    if (account.domain.empty()) account.domain = "hub" + std::to_string(portal_id) + ".example";
    if (account.installer.email.empty()) account.installer.email = "admin@" + account.domain;
    if (account.time_zone.empty()) account.time_zone = "US/Eastern";
    if (account.currency.empty()) account.currency = "USD";
    account.installer.id = portal_id * 3 + 17;
  }
  return account;
}

}  // namespace

Outcome<net::Response> register_app(Call& call) {
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(App app, read_app(body));
  const App* stored = call.world.apps.put(std::move(app));
  if (stored == nullptr) return invalid("there are too many apps; POST /_sandbox/reset first");
  return reply(201, to_json(*stored));
}

Outcome<net::Response> list_apps(Call& call) {
  json::array apps;
  for (const auto& [id, app] : call.world.apps.all()) apps.push_back(to_json(app));
  return reply(200, {{"apps", std::move(apps)}});
}

Outcome<net::Response> list_accounts(Call& call) {
  json::array accounts;
  for (const auto& [id, account] : call.world.accounts.all()) {
    accounts.push_back(to_json(account));
  }
  return reply(200, {{"accounts", std::move(accounts)}});
}

Outcome<net::Response> put_account(Call& call) {
  const auto portal_id = parse_id(call.param(0));
  if (!portal_id || *portal_id == 0 || *portal_id > static_cast<std::uint64_t>(kIdMax)) {
    return invalid("the portal id must be a positive number");
  }
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(Account account, read_account(call, body, *portal_id));
  const Account* stored = call.world.accounts.put(std::move(account));
  if (stored == nullptr) return invalid("there are too many accounts");
  return reply(200, to_json(*stored));
}

Outcome<net::Response> uninstall_by_customer(Call& call) {
  WL_TRY(const json::object body, json_body(call));
  JsonReader reader(body);
  const auto portal_id = reader.integer("portalId", 1, kIdMax);
  const std::string client_id = reader.text("clientId").value_or("");
  WL_CHECK(reader.finish());
  if (!portal_id) return invalid("\"portalId\" must be given");
  call.world.grants.uninstall(
      client_id, static_cast<std::uint64_t>(*portal_id), call.world.token_rules());
  return no_content();
}

Outcome<net::Response> show_settings(Call& call) {
  return reply(200, to_json(call.world.settings));
}

Outcome<net::Response> change_settings(Call& call) {
  WL_TRY(const json::object body, json_body(call));
  JsonReader reader(body);
  Options changed = call.world.settings;
  read_flag(reader, "autoConsent", changed.auto_consent);
  read_flag(reader, "strictClients", changed.strict_clients);
  read_flag(reader, "rotateRefreshTokens", changed.rotate_refresh_tokens);
  read_flag(reader, "reuseRevokesFamily", changed.reuse_revokes_family);
  read_flag(reader, "uninstallEndsAccess", changed.uninstall_ends_access);
  read_seconds(reader, "accessTokenTtl", 1, changed.access_token_ttl);
  read_seconds(reader, "codeTtl", 1, changed.code_ttl);
  read_seconds(reader, "rotationGrace", 0, changed.rotation_grace);
  read_seconds(reader, "searchLag", 0, changed.search_lag);
  read_seconds(reader, "rateLimitWindow", 1, changed.rate_limit_window);
  read_limit(reader, "rateLimit", changed.rate_limit_requests);
  read_limit(reader, "searchLimit", changed.search_limit);
  read_limit(reader, "tokenLimit", changed.token_limit);
  read_limit(reader, "dailyLimit", changed.daily_limit);
  WL_CHECK(reader.finish());
  call.world.settings = changed;
  return reply(200, to_json(changed));
}

}  // namespace wayleave::sandbox
