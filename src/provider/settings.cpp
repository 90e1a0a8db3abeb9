#include "provider/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "oauth/authorize_url.hpp"
#include "provider/read.hpp"
#include "provider/templates.hpp"
#include "provider/url_rule.hpp"

namespace wayleave::provider {
namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "authorize",
    "token",
    "apiBase",
    "revoke",
    "introspect",
    "issuer",
    "clientAuth",
    "pkce",
    "scopeSeparator",
    "authorizeParams",
    "accountField",
};
constexpr std::array<std::string_view, 5> kSeparators = {" ", ",", "+", ";", ":"};
constexpr std::size_t kTenantBytesMax = 253;

std::unexpected<Error> wrong(std::string_view name, std::string_view why) {
  return reject(fmt::format("settings.{}", name), fmt::format("settings.{} {}", name, why));
}

std::string value_of(const Settings& settings, std::string_view name) {
  const auto at = settings.find(std::string(name));
  return at == settings.end() ? std::string() : at->second;
}

template <class T>
struct Choice {
  std::string_view name;
  T value;
};

/// Sets `out` when the setting is given; it must be one of the choices.
template <class T>
Result<> choose(const Settings& settings,
                std::string_view name,
                std::initializer_list<Choice<T>> choices,
                T& out) {
  const std::string value = value_of(settings, name);
  if (value.empty()) return {};
  std::vector<std::string_view> names;
  for (const auto& choice : choices) {
    if (choice.name == value) {
      out = choice.value;
      return {};
    }
    names.push_back(choice.name);
  }
  return wrong(name, fmt::format("must be one of {}", fmt::join(names, ", ")));
}

Result<std::string> url(const Settings& settings,
                        std::string_view name,
                        bool required,
                        const UrlRule& rule) {
  std::string value = value_of(settings, name);
  if (value.empty()) {
    if (required) return wrong(name, "is missing");
    return value;
  }
  if (const auto fault = url_fault(value, rule)) return wrong(name, *fault);
  return value;
}

Result<FormFields> authorize_params(const Settings& settings) {
  const std::string text = value_of(settings, "authorizeParams");
  const auto fields = text.size() <= 2048 ? parse_form(text) : std::nullopt;
  if (!fields) return wrong("authorizeParams", "must look like a=b&c=d, at most 2048 characters");
  for (const auto& [name, value] : *fields) {
    if (name.empty() || oauth::is_reserved_authorize_param(name)) {
      return wrong("authorizeParams",
                   fmt::format("must not set '{}': the protocol sets it", name.substr(0, 64)));
    }
  }
  return *fields;
}

/// The token goes with each call to the API base, so a query or odd path there is refused.
constexpr UrlRule kEndpoint{.query = true, .path_is_base = false, .plain_origin = {}};
constexpr UrlRule kIssuer{.query = false, .path_is_base = false, .plain_origin = {}};
constexpr UrlRule kBase{.query = false, .path_is_base = true, .plain_origin = {}};

Result<> fill_endpoints(Provider& provider, const Settings& settings) {
  Auth& auth = provider.auth;
  WL_TRY(auth.authorize, url(settings, "authorize", true, kEndpoint));
  WL_TRY(auth.token, url(settings, "token", true, kEndpoint));
  WL_TRY(auth.revoke, url(settings, "revoke", false, kEndpoint));
  WL_TRY(auth.introspect, url(settings, "introspect", false, kEndpoint));
  WL_TRY(auth.issuer, url(settings, "issuer", false, kIssuer));
  WL_TRY(std::string base, url(settings, "apiBase", true, kBase));
  if (base.ends_with('/')) base.pop_back();
  provider.hosts = {{.name = "default", .base_url = std::move(base)}};
  const auto query = auth.authorize.find('?');
  if (query == std::string::npos) return {};
  const auto fields = parse_form(std::string_view(auth.authorize).substr(query + 1));
  const bool clean = fields && std::ranges::none_of(*fields, [](const auto& field) {
                       return oauth::is_reserved_authorize_param(field.first);
                     });
  if (!clean) return wrong("authorize", "must not set the protocol's own parameters in its query");
  return {};
}

Result<> fill_dialect(Provider& provider, const Settings& settings) {
  using enum oauth::ClientAuth;
  Auth& auth = provider.auth;
  WL_CHECK(
      choose<oauth::ClientAuth>(settings,
                                "clientAuth",
                                {{"post", Post}, {"basic", Basic}, {"json", Json}, {"none", None}},
                                auth.client_auth));
  // OA-06: `plain` is not among them.
  WL_CHECK(choose<PkceUse>(
      settings,
      "pkce",
      {{"required", PkceUse::Required}, {"optional", PkceUse::Optional}, {"none", PkceUse::None}},
      auth.pkce));
  if (auth.client_auth == None && auth.pkce == PkceUse::None) {
    return wrong("pkce", "must not be none for a client without a secret");
  }
  if (settings.contains("scopeSeparator")) {
    auth.scope_separator = value_of(settings, "scopeSeparator");
    if (std::ranges::find(kSeparators, auth.scope_separator) == kSeparators.end()) {
      return wrong("scopeSeparator", "must be a space, ',', '+', ';' or ':'");
    }
  }
  WL_TRY(auth.authorize_params, authorize_params(settings));
  auth.account_field = value_of(settings, "accountField");
  if (auth.account_field.empty()) return {};
  if (!is_member_name(auth.account_field)) {
    return wrong("accountField", "must be the name of a member of the token answer");
  }
  auth.token_fields = {auth.account_field};
  return {};
}

/// OA-24: whatever the file's pattern allows, a value stays inside its place in a URL.
bool stays_in_place(std::string_view value) {
  return value.size() <= kTenantBytesMax && value.find("..") == std::string_view::npos &&
         std::ranges::all_of(value, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

Result<std::map<std::string, std::string>> tenant_values(const Provider& provider,
                                                         const Settings& settings) {
  std::map<std::string, std::string> values;
  for (const TenantField& field : provider.tenant) {
    std::string value = value_of(settings, field.name);
    if (value.empty()) value = field.otherwise;
    if (value.empty()) return wrong(field.name, fmt::format("is missing: {}", field.title));
    if (!stays_in_place(value) || !RE2::FullMatch(value, field.pattern)) {
      return wrong(field.name, fmt::format("does not look like one: {}", field.pattern));
    }
    values.emplace(field.name, std::move(value));
  }
  return values;
}

Result<> fill_tenant(Provider& provider, const Settings& settings) {
  WL_TRY(const auto values, tenant_values(provider, settings));
  std::optional<std::string> fault;
  const auto set = [&](std::string& text, const UrlRule* rule) {
    if (text.find('{') == std::string::npos) return;
    text = fill(text, values);
    if (rule != nullptr && !fault) fault = url_fault(text, *rule);
  };
  Auth& auth = provider.auth;
  for (std::string* endpoint : {&auth.authorize, &auth.token, &auth.revoke, &auth.introspect}) {
    set(*endpoint, &kEndpoint);
  }
  set(auth.issuer, &kIssuer);
  if (auth.lookup) set(auth.lookup->url, &kEndpoint);
  for (Host& host : provider.hosts) set(host.base_url, &kBase);
  for (auto& [name, value] : provider.headers) set(value, nullptr);
  if (fault) return wrong(provider.tenant.front().name, "makes a URL that " + *fault);
  return {};
}

}  // namespace

Result<Provider> apply_settings(const Provider& base, const Settings& settings) {
  Provider provider = base;
  for (const auto& [name, value] : settings) {
    const bool known =
        base.configurable
            ? std::ranges::find(kNames, name) != kNames.end()
            : std::ranges::find(base.tenant, name, &TenantField::name) != base.tenant.end();
    if (!known) {
      const bool shown = is_member_name(name);
      return reject(shown ? "settings." + name : "settings",
                    fmt::format("provider {} has no setting {}", base.slug, shown ? name : ""));
    }
    if (has_control(value)) return wrong(name, "has control characters");
  }
  if (base.configurable) {
    WL_CHECK(fill_endpoints(provider, settings));
    WL_CHECK(fill_dialect(provider, settings));
  } else if (!base.tenant.empty() && base.unusable_reason.empty()) {
    WL_CHECK(fill_tenant(provider, settings));
  }
  return provider;
}

}  // namespace wayleave::provider
