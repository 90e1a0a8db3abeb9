#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "provider/read.hpp"
#include "provider/templates.hpp"
#include "provider/url_rule.hpp"

namespace wayleave::provider {
namespace {

/// Values that the operator gives at start, as Catalogue::Variables.
constexpr std::array<std::string_view, 1> kVariables = {"sandbox"};
/// Stands for a variable that was not given, so that the rest of the file is checked all the same.
constexpr std::string_view kMissingValue = "https://variable.invalid";
constexpr std::string_view kTenantPattern = "[a-z0-9][a-z0-9-]{0,62}";  // OA-24

/// Fields that the gateway sets itself or that would change the framing.
constexpr std::array<std::string_view, 13> kOwnFields = {"authorization",
                                                         "host",
                                                         "content-length",
                                                         "transfer-encoding",
                                                         "connection",
                                                         "keep-alive",
                                                         "upgrade",
                                                         "te",
                                                         "trailer",
                                                         "cookie",
                                                         "expect",
                                                         "proxy-authorization",
                                                         "proxy-connection"};

bool contains(const auto& list, const auto& value) {
  return std::ranges::find(list, value) != list.end();
}

std::vector<TenantField> read_tenant(Section& root) {
  std::vector<TenantField> fields;
  root.each_named("tenant", [&](std::string_view name, Section& inner) {
    TenantField field;
    field.name = name;
    field.title = inner.required_text("title");
    field.hint = inner.text("hint");
    field.pattern = inner.has("pattern") ? inner.text("pattern") : std::string(kTenantPattern);
    field.otherwise = inner.text("default");
    const bool usable = is_member_name(name) && placeholders(fmt::format("{{{}}}", name));
    if (!usable || contains(kVariables, name)) {
      root.complain("tenant", fmt::format("'{}' is not a name that can be used here", name));
    }
    if (!compiles(field.pattern)) inner.complain("pattern", "is not a regular expression of RE2");
    fields.push_back(std::move(field));
  });
  return fields;
}

std::vector<Host> read_hosts(Section& root, const Reading& reading, bool configurable) {
  std::vector<Host> hosts;
  root.section("hosts", [&](Section& map) {
    for (const auto& [name, value] : map.node().members) {
      Host host{.name = name, .base_url = read_url(map, name, reading, false, true)};
      if (!is_slug(name)) map.complain(name, "is not a host's name of a-z, 0-9, '-'");
      if (host.base_url.ends_with('/')) host.base_url.pop_back();
      hosts.insert(name == "default" ? hosts.begin() : hosts.end(), std::move(host));
    }
  });
  if (configurable) {
    if (!hosts.empty()) root.complain("hosts", "are brought by each app here");
  } else if (hosts.empty() || hosts.front().name != "default") {
    root.complain("hosts", "must name a host 'default'");
  }
  return hosts;
}

FormFields read_headers(Section& root, const Reading& reading, AuthKind kind) {
  FormFields headers = root.pairs("headers");
  for (const auto& [name, value] : headers) {
    const std::string lower = to_lower(name);
    const bool ours =
        contains(kOwnFields, lower) && !(lower == "authorization" && kind == AuthKind::ApiKey);
    if (!is_field_name(name) || ours) {
      root.complain("headers", fmt::format("must not set '{}'", name));
    }
    const auto names = placeholders(value);
    const bool known = names && std::ranges::all_of(*names, [&](const std::string& placeholder) {
                         return contains(reading.placeholders, placeholder) ||
                                (kind == AuthKind::ApiKey && placeholder == "api_key");
                       });
    if (!known || has_control(value)) {
      root.complain("headers", fmt::format("'{}' has a value that cannot be filled in", name));
    }
  }
  return headers;
}

oauth::ErrorWords read_errors(Section& section) {
  const auto words = [&](std::string_view key) {
    const auto list = section.texts(key);
    if (!std::ranges::all_of(list, is_member_name)) {
      section.complain(key, "must hold error words of letters, digits, '_', '.', '-'");
    }
    return std::set<std::string>(list.begin(), list.end());
  };
  oauth::ErrorWords errors{.terminal = words("terminal"),
                           .transient = words("transient"),
                           .config = words("config"),
                           .form_answers = section.flag("form_answers", false)};
  for (const auto& word : errors.terminal) {
    if (errors.transient.contains(word) || errors.config.contains(word)) {
      section.complain("terminal", fmt::format("'{}' stands in two classes", word));
    }
  }
  return errors;
}

/// The look-up carries the access token, so it may only go where tokens go anyway.
void check_lookup(Section& root, const Provider& provider) {
  if (!provider.auth.lookup) return;
  const std::string origin = origin_of(sample(provider.auth.lookup->url));
  const bool known = origin == origin_of(sample(provider.auth.token)) ||
                     std::ranges::any_of(provider.hosts, [&](const Host& host) {
                       return origin == origin_of(sample(host.base_url));
                     });
  if (!known)
    root.complain("auth", "lookup.url must be on one of the hosts or the token endpoint's");
}

void read_categories(Section& root, Provider& provider) {
  constexpr std::string_view rule = "must be a word of a-z, 0-9, '-'";
  provider.category = root.text("category");
  if (!provider.category.empty()) {
    if (!is_slug(provider.category)) root.complain("category", rule);
    provider.categories.push_back(provider.category);
  }
  for (auto& more : root.texts("categories")) {
    if (!is_slug(more)) root.complain("categories", rule);
    if (!contains(provider.categories, more)) provider.categories.push_back(std::move(more));
  }
  if (!provider.categories.empty()) provider.category = provider.categories.front();
}

std::string check_docs(Section& root, const Reading& reading) {
  return root.has("docs") ? read_url(root, "docs", reading, true, false) : std::string();
}

/// Fills in the variables; returns the name of one that is used and missing.
std::optional<std::string> fill_variables(Node& document,
                                          const std::map<std::string, std::string>& variables) {
  std::optional<std::string> missing;
  std::map<std::string, std::string> values;
  for (const std::string_view name : kVariables) {
    const auto at = variables.find(std::string(name));
    values.emplace(name, at == variables.end() ? kMissingValue : std::string_view(at->second));
  }
  for_each_text(document, [&](Node& node) {
    for (const auto& [name, value] : values) {
      const bool used = node.text.find("{" + name + "}") != std::string::npos;
      if (used && !variables.contains(name)) missing = name;
    }
    node.text = fill(node.text, values);
  });
  return missing;
}

/// Takes away what must not be used because a variable is missing.
void disable(Provider& provider, std::string reason) {
  provider.unusable_reason = std::move(reason);
  for (std::string* url : {&provider.auth.authorize,
                           &provider.auth.token,
                           &provider.auth.revoke,
                           &provider.auth.introspect,
                           &provider.auth.issuer}) {
    url->clear();
  }
  provider.auth.lookup.reset();
  provider.hosts.clear();
}

void read_body(Section& root, const Reading& reading, Provider& provider) {
  provider.name = root.required_text("name");
  provider.description = root.text("description");
  read_categories(root, provider);
  provider.docs = check_docs(root, reading);
  if (!root.has("auth")) root.complain("auth", "is missing");
  root.section("auth", [&](Section& section) {
    provider.auth = read_auth(section, reading, provider.configurable);
  });
  provider.hosts = read_hosts(root, reading, provider.configurable);
  provider.headers = read_headers(root, reading, provider.auth.kind);
  read_questions(root, reading, provider);
  root.section("limits", [&](Section& section) { provider.limits = read_limits(section); });
  root.section("errors", [&](Section& section) { provider.errors = read_errors(section); });
  root.section("webhook", check_webhook);
  provider.objects = read_objects(root, provider.hosts, provider.limits);
  check_lookup(root, provider);
}

}  // namespace

std::string sample(std::string_view text) {
  std::map<std::string, std::string> values;
  for (const auto& name : placeholders(text).value_or(std::vector<std::string>{})) {
    values.emplace(name, "x");
  }
  return fill(text, values);
}

std::string read_url(
    Section& section, std::string_view key, const Reading& reading, bool query, bool base) {
  if (!section.has(key)) {
    (void)section.take(key);
    return {};
  }
  std::string url = section.text(key);
  if (url.empty()) return url;
  const auto names = placeholders(url);
  if (!names) {
    section.complain(key, "has a brace without a partner");
    return url;
  }
  for (const auto& name : *names) {
    if (!contains(reading.placeholders, name)) {
      section.complain(key, fmt::format("uses {{{}}}, which is not declared under tenant", name));
    }
  }
  const UrlRule rule{.query = query, .path_is_base = base, .plain_origin = reading.plain_origin};
  if (const auto fault = url_fault(sample(url), rule)) section.complain(key, *fault);
  return url;
}

Provider read_provider(std::string slug,
                       std::vector<std::string> ancestors,
                       Node document,
                       const std::map<std::string, std::string>& variables,
                       Problems& problems) {
  Provider provider;
  provider.slug = std::move(slug);
  provider.extends = std::move(ancestors);
  spread_object_defaults(document);
  Node original = document;
  const auto missing = fill_variables(document, variables);

  Section root(document, "", problems);
  (void)root.take("extends");
  provider.configurable = root.flag("configurable", false);
  provider.tenant = read_tenant(root);
  Reading reading{.problems = problems, .plain_origin = {}, .placeholders = {}};
  if (const auto at = variables.find("sandbox"); at != variables.end()) {
    reading.plain_origin = origin_of(at->second);
  }
  for (const auto& field : provider.tenant) reading.placeholders.push_back(field.name);
  read_body(root, reading, provider);
  root.finish();

  if (provider.auth.kind != AuthKind::OAuth2) {
    provider.unusable_reason = "this version connects OAuth 2 providers only";
  }
  if (missing) disable(provider, fmt::format("start with --{} URL to use it", *missing));
  provider.document = std::make_shared<const Node>(std::move(missing ? original : document));
  return provider;
}

}  // namespace wayleave::provider
