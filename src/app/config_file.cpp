#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "app/config.hpp"
#include "base/text.hpp"

namespace wayleave::app {
namespace {

/// `public-url`, `public_url` and `publicUrl` are one key.
std::string plain(std::string_view key) {
  std::string out = to_lower(key);
  std::erase_if(out, [](char c) { return c == '-' || c == '_'; });
  return out;
}

const OptionSpec* find_option(std::string_view key) {
  for (const auto* table : {&data_options(), &serve_options()}) {
    const auto at = std::ranges::find_if(
        *table, [&](const OptionSpec& spec) { return plain(spec.name) == plain(key); });
    if (at != table->end() && at->name != "config") return &*at;
  }
  return nullptr;
}

std::string known_keys() {
  std::vector<std::string> names;
  for (const auto* table : {&data_options(), &serve_options()}) {
    for (const OptionSpec& spec : *table) {
      if (spec.name != "config") names.emplace_back(spec.name);
    }
  }
  std::ranges::sort(names);
  return join(names, ", ");
}

Result<std::vector<std::string>> values_of(const OptionSpec& spec,
                                           const YAML::Node& node,
                                           const std::string& where) {
  if (node.IsScalar()) return std::vector<std::string>{node.Scalar()};
  if (!node.IsSequence() || !spec.repeatable) {
    return reject(std::string(spec.name), where + ": must be one plain value");
  }
  std::vector<std::string> values;
  for (const YAML::Node& item : node) {
    if (!item.IsScalar())
      return reject(std::string(spec.name), where + ": must be a list of texts");
    values.push_back(item.Scalar());
  }
  return values;
}

Result<OptionValues> read(const std::string& name, const YAML::Node& root) {
  OptionValues values;
  if (root.IsNull()) return values;
  if (!root.IsMap()) return reject("config", name + ": must be `key: value` lines");
  for (const auto& member : root) {
    const std::string& key = member.first.Scalar();
    const std::string where = fmt::format("{} line {}", name, member.first.Mark().line + 1);
    const OptionSpec* spec = find_option(key);
    if (spec == nullptr) {
      return reject(key,
                    fmt::format("{}: unknown key '{}'; known are: {}", where, key, known_keys()));
    }
    WL_TRY(auto found, values_of(*spec, member.second, where));
    if (!values.emplace(spec->name, std::move(found)).second) {
      return reject(key, fmt::format("{}: '{}' stands there twice", where, key));
    }
  }
  return values;
}

}  // namespace

Result<OptionValues> read_config_text(const std::string& name, const std::string& text) {
  try {
    return read(name, YAML::Load(text));
  } catch (const YAML::Exception& error) {
    return reject("config", fmt::format("{} line {}: {}", name, error.mark.line + 1, error.msg));
  }
}

const std::vector<OptionSpec>& data_options() {
  static const std::vector<OptionSpec> table = {
      {"config", "FILE", "YAML file with any of these options"},
      {"data", "DIR", "data folder (default ./wayleave-data)"},
      {"database", "URL", "sqlite:PATH or postgres://… (default DIR/wayleave.db)"},
      {"public-url", "URL", "how browsers reach the gateway, for redirect and connect URLs"},
      {"providers", "DIR", "further provider files; they replace built-in ones of the same name"},
      {"sandbox", "URL", "where the provider hubspot-sandbox is"},
      {"allow-egress",
       "HOST:PORT",
       "permit one destination although it is loopback, private or plain http (repeatable)",
       true},
      {"root-key-file", "FILE", "file with the root key in base64 (default DIR/root.key)"},
      {"root-key-command", "CMD", "command that prints the root key in base64"},
      {"ca-file", "FILE", "further certificate authorities for providers, PEM"},
      {"log-level", "LEVEL", "debug, info, warn, error or off (default info)"},
  };
  return table;
}

const std::vector<OptionSpec>& serve_options() {
  static const std::vector<OptionSpec> table = {
      {"listen", "ADDR:PORT", "where to listen (default 127.0.0.1:8080; port 0 picks a free one)"},
      {"workers", "N", "worker threads (default: one per core)"},
      {"tls-cert", "FILE", "TLS for clients: certificate, then the intermediate ones, PEM"},
      {"tls-key", "FILE", "TLS for clients: private key, PEM"},
      {"drain-delay",
       "SECONDS",
       "on SIGTERM, /readyz says 503 this long before no more connections are taken (default 0)"},
      {"request-log-rate",
       "N",
       "proxied calls that the request log stores per second (default 1000; 0: no log)"},
      {"request-log-days", "N", "how long the request log keeps a call (default 7)"},
      {"request-log-rows", "N", "how many calls the request log keeps (default 1000000)"},
      {"oidc-issuer", "URL", "single sign-on: the OpenID provider, exactly as it names itself"},
      {"oidc-client-id", "ID", "single sign-on: this gateway's client id there"},
      {"oidc-client-secret-file", "FILE", "single sign-on: file with the client secret"},
      {"oidc-name", "TEXT", "single sign-on: what the button says (default Single sign-on)"},
      {"oidc-default-role",
       "ROLE",
       "single sign-on: role of whoever comes uninvited (default: they are refused)"},
      {"refresh-ahead",
       "WHICH",
       "tokens that are refreshed before they expire: all (default), or none: only when used"},
      {"refresh-rate", "N", "token requests per second and token endpoint (default 1000)"},
  };
  return table;
}

}  // namespace wayleave::app
