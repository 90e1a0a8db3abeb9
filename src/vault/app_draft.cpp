#include "vault/app_draft.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "vault/address.hpp"

namespace wayleave::vault {
namespace {

constexpr std::size_t kClientIdBytesMax = 512;
constexpr std::size_t kClientSecretBytesMax = 4096;
constexpr std::size_t kAppIdBytesMax = 64;
constexpr std::size_t kScopeBytesMax = 256;
/// Copied values often bring a blank or a line end along, which providers answer with a riddle.
bool has_blank_ends(std::string_view text) {
  return text.front() == ' ' || text.front() == '\t' || text.back() == ' ' || text.back() == '\t';
}

Result<> check_client_id(std::string_view id) {
  if (id.empty()) return reject("clientId", "is missing; the provider shows it with the app");
  if (id.size() > kClientIdBytesMax || has_control(id)) {
    return reject("clientId", "must be at most 512 bytes without control characters");
  }
  if (has_blank_ends(id)) return reject("clientId", "begins or ends with a blank; paste it again");
  return {};
}

/// RFC 6749 section 3.3: printable ASCII without blank, quote and backslash.
bool is_scope_token(std::string_view scope) {
  return !scope.empty() && scope.size() <= kScopeBytesMax && std::ranges::all_of(scope, [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
}

Result<std::vector<std::string>> check_scopes(const std::vector<std::string>& scopes,
                                              std::string_view field) {
  if (scopes.size() > kScopesPerApp) {
    return reject(std::string(field), "at most " + std::to_string(kScopesPerApp) + " scopes");
  }
  std::vector<std::string> unique;
  for (const auto& scope : scopes) {
    if (!is_scope_token(scope)) {
      return reject(std::string(field),
                    "each scope is one word of printable ASCII, at most 256 bytes; give several as "
                    "separate items");
    }
    if (std::ranges::find(unique, scope) == unique.end()) unique.push_back(scope);
  }
  return unique;
}

Result<std::vector<std::string>> check_origins(const std::vector<std::string>& origins) {
  if (origins.size() > kReturnOriginsPerApp) {
    return reject("returnOrigins", "at most " + std::to_string(kReturnOriginsPerApp) + " origins");
  }
  std::vector<std::string> exact;
  for (const auto& text : origins) {
    WL_TRY(auto origin, parse_origin(text, "returnOrigins"));
    if (std::ranges::find(exact, origin) == exact.end()) exact.push_back(std::move(origin));
  }
  return exact;
}

Result<> check_app_id(std::string_view id) {
  if (id.size() > kAppIdBytesMax || has_control(id) || (!id.empty() && has_blank_ends(id))) {
    return reject("appId", "must be at most 64 bytes without control characters or blanks around");
  }
  return {};
}

}  // namespace

Result<std::string> parse_slug(std::string_view text) {
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  std::string slug = to_lower(text);
  const bool lawful =
      !slug.empty() && slug.size() <= 63 && letter_or_digit(slug.front()) &&
      std::ranges::all_of(slug, [&](char c) { return letter_or_digit(c) || c == '-' || c == '_'; });
  if (!lawful) {
    return reject("slug",
                  "must be 1 to 63 letters, digits, '-' or '_', starting with a letter or digit");
  }
  return slug;
}

Result<> check_client_secret(const SecretString& secret) {
  return secret.expose([](std::string_view text) -> Result<> {
    if (text.empty()) return reject("clientSecret", "is missing");
    if (text.size() > kClientSecretBytesMax || has_control(text)) {
      return reject("clientSecret",
                    "must be at most 4096 bytes without control characters (a line end?)");
    }
    if (has_blank_ends(text)) {
      return reject("clientSecret", "begins or ends with a blank; paste it again");
    }
    return {};
  });
}

bool moves_endpoints(const provider::Provider& from, const provider::Provider& to) {
  const auto same_host = [](const provider::Host& a, const provider::Host& b) {
    return a.name == b.name && a.base_url == b.base_url;
  };
  const auto lookup = [](const provider::Provider& provider) {
    return provider.auth.lookup ? provider.auth.lookup->url : std::string{};
  };
  return from.auth.token != to.auth.token || from.auth.revoke != to.auth.revoke ||
         from.auth.introspect != to.auth.introspect || lookup(from) != lookup(to) ||
         !std::ranges::equal(from.hosts, to.hosts, same_host);
}

Result<App> apply(App app, const AppDraft& draft) {
  if (draft.slug) {
    WL_TRY(app.slug, parse_slug(*draft.slug));
  }
  if (draft.provider) app.provider = *draft.provider;
  if (draft.client_id) {
    WL_CHECK(check_client_id(*draft.client_id));
    app.client_id = *draft.client_id;
  }
  if (draft.app_id) {
    WL_CHECK(check_app_id(*draft.app_id));
    app.app_id = *draft.app_id;
  }
  if (draft.scopes) {
    WL_TRY(app.scopes, check_scopes(*draft.scopes, "scopes"));
  }
  if (draft.optional_scopes) {
    WL_TRY(app.optional_scopes, check_scopes(*draft.optional_scopes, "optionalScopes"));
  }
  if (draft.return_origins) {
    WL_TRY(app.return_origins, check_origins(*draft.return_origins));
  }
  if (draft.browser_binding) app.browser_binding = *draft.browser_binding;
  if (draft.webhook_url) {
    app.webhook_url.clear();
    if (!draft.webhook_url->empty()) {
      WL_TRY(app.webhook_url, parse_webhook_url(*draft.webhook_url));
    }
  }
  if (draft.settings) app.settings = *draft.settings;
  return app;
}

}  // namespace wayleave::vault
