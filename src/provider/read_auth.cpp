#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "oauth/authorize_url.hpp"
#include "provider/read.hpp"
#include "provider/url_rule.hpp"

namespace wayleave::provider {
namespace {

constexpr std::array kKinds = {
    AuthKind::OAuth2, AuthKind::ApiKey, AuthKind::Basic, AuthKind::ClientCredentials};
constexpr std::array kClientAuths = {oauth::ClientAuth::Post,
                                     oauth::ClientAuth::Basic,
                                     oauth::ClientAuth::Json,
                                     oauth::ClientAuth::None};
constexpr std::array kPkceUses = {PkceUse::Required, PkceUse::Optional, PkceUse::None};

/// OA-14, OA-06: a file cannot change what the protocol itself sets.
void refuse_reserved(Section& section,
                     std::string_view key,
                     const FormFields& fields,
                     bool (*reserved)(std::string_view)) {
  for (const auto& [name, value] : fields) {
    if (reserved(name)) {
      section.complain(key, fmt::format("must not set {}: the protocol sets it", name));
    }
  }
}

void refuse_reserved_query(Section& section, std::string_view key, const std::string& url) {
  const auto mark = url.find('?');
  if (mark == std::string::npos) return;
  const auto query = parse_form(std::string_view(url).substr(mark + 1));
  if (!query) return section.complain(key, "has a query with a broken escape");
  refuse_reserved(section, key, *query, oauth::is_reserved_authorize_param);
}

PkceUse read_pkce(Section& section) {
  if (const Node* value = section.node().find("pkce"); value != nullptr && value->text == "plain") {
    (void)section.take("pkce");
    section.complain("pkce", "must be one of required, optional, none: plain protects nothing");
    return PkceUse::Required;
  }
  const auto index = section.one_of("pkce", {"required", "optional", "none"});
  return index ? kPkceUses[*index] : PkceUse::Optional;
}

RefreshRules read_refresh(Section& section) {
  RefreshRules rules;
  section.section("refresh", [&](Section& inner) {
    rules.rotates = inner.flag("rotates", false);
    rules.lead = inner.duration("lead");
    rules.idle_ttl = inner.duration("idle_ttl");
    rules.grace = inner.duration("grace").value_or(std::chrono::seconds{0});
  });
  return rules;
}

std::vector<std::string> read_members(Section& section, std::string_view key) {
  auto names = section.texts(key);
  if (!std::ranges::all_of(names, is_member_name)) {
    section.complain(key, "must hold names of letters, digits, '_', '.', '-'");
  }
  return names;
}

/// The look-up carries the access token: it may go to the token endpoint's origin only, or to an
/// API host, which read_provider checks.
std::optional<Lookup> read_lookup(Section& section, const Reading& reading) {
  std::optional<Lookup> lookup;
  section.section("lookup", [&](Section& inner) {
    lookup.emplace();
    lookup->url = read_url(inner, "url", reading, true, false);
    lookup->field = inner.required_text("field");
    if (!lookup->field.empty() && !is_member_name(lookup->field)) {
      inner.complain("field", "must be the name of a member of the answer");
    }
  });
  return lookup;
}

void read_endpoints(Section& section, const Reading& reading, bool configurable, Auth& auth) {
  auth.authorize = read_url(section, "authorize", reading, true, false);
  auth.token = read_url(section, "token", reading, true, false);
  auth.revoke = read_url(section, "revoke", reading, true, false);
  auth.introspect = read_url(section, "introspect", reading, true, false);
  auth.issuer = read_url(section, "issuer", reading, false, false);
  refuse_reserved_query(section, "authorize", auth.authorize);
  const bool browser = auth.kind == AuthKind::OAuth2;
  const bool endpoint = browser || auth.kind == AuthKind::ClientCredentials;
  const auto expect = [&](std::string_view key, bool wanted) {
    if (section.has(key) == wanted) return;
    section.complain(key,
                     wanted         ? "is missing"
                     : configurable ? "is brought by each app here"
                                    : "has no meaning for this kind");
  };
  expect("authorize", browser && !configurable);
  expect("token", endpoint && !configurable);
}

void check_account(Section& section, const Auth& auth) {
  if (auth.account_field.empty()) return;
  const auto in = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, auth.account_field) != names.end();
  };
  if (!in(auth.token_fields) && !in(auth.callback_fields)) {
    section.complain("account_field", "must be one of token_fields or callback_fields");
  }
}

}  // namespace

Auth read_auth(Section& section, const Reading& reading, bool configurable) {
  Auth auth;
  const auto kind = section.one_of("kind", {"oauth2", "api_key", "basic", "client_credentials"});
  if (!section.has("kind")) section.complain("kind", "is missing");
  auth.kind = kind ? kKinds[*kind] : AuthKind::OAuth2;
  read_endpoints(section, reading, configurable, auth);
  auth.sends_iss = section.flag("sends_iss", false);
  if (auth.sends_iss && auth.issuer.empty()) {
    section.complain("sends_iss", "needs issuer, which iss is compared with");
  }
  const auto client_auth = section.one_of("client_auth", {"post", "basic", "json", "none"});
  auth.client_auth = client_auth ? kClientAuths[*client_auth] : oauth::ClientAuth::Post;
  auth.pkce = read_pkce(section);
  if (auth.client_auth == oauth::ClientAuth::None && auth.pkce == PkceUse::None) {
    section.complain("pkce", "must not be none for a client without a secret");
  }
  if (section.has("scope_separator")) auth.scope_separator = section.text("scope_separator");
  if (auth.scope_separator.size() > 3) section.complain("scope_separator", "is too long");
  auth.authorize_params = section.pairs("authorize_params");
  refuse_reserved(
      section, "authorize_params", auth.authorize_params, oauth::is_reserved_authorize_param);
  auth.token_params = section.pairs("token_params");
  refuse_reserved(section, "token_params", auth.token_params, oauth::is_reserved_token_param);
  auth.refresh = read_refresh(section);
  auth.expires_in_default = section.duration("expires_in_default");
  auth.callback_fields = read_members(section, "callback_fields");
  auth.token_fields = read_members(section, "token_fields");
  auth.account_field = section.text("account_field");
  check_account(section, auth);
  auth.lookup = read_lookup(section, reading);
  return auth;
}

}  // namespace wayleave::provider
