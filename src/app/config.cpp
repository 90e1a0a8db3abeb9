#include "app/config.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <fstream>
#include <iterator>
#include <thread>

#include "access/role.hpp"
#include "base/text.hpp"
#include "net/upstream.hpp"

namespace wayleave::app {
namespace {

constexpr unsigned kWorkersMax = 256;
constexpr std::uint32_t kDrainDelayMax = 300;
constexpr std::uint32_t kRequestLogRateMax = 100'000;
constexpr std::uint32_t kRequestLogDaysMax = 3'650;
constexpr std::uint32_t kRequestLogRowsMax = 1'000'000'000;
constexpr std::uint32_t kRefreshRateMax = 100'000;

std::string variable_name(std::string_view option) {
  std::string name = "WAYLEAVE_";
  for (const char c : option) {
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

/// Where a value came from and what it is.
struct Found {
  std::string source;
  std::vector<std::string> values;
};

/// Looks an option up in the three places, in order.
class Sources {
 public:
  Sources(const OptionValues& flags, const Environment& environment, const OptionValues& file)
      : flags_(flags), environment_(environment), file_(file) {}

  [[nodiscard]] std::optional<Found> all(std::string_view name) const {
    if (const auto at = flags_.find(name); at != flags_.end() && !at->second.empty()) {
      return Found{fmt::format("--{}", name), at->second};
    }
    if (const auto value = environment_(variable_name(name)); value && !value->empty()) {
      Found found{variable_name(name), {}};
      for (const std::string_view part : split(*value, ',')) found.values.emplace_back(trim(part));
      if (name != "allow-egress") found.values = {*value};
      return found;
    }
    if (const auto at = file_.find(name); at != file_.end()) {
      return Found{fmt::format("{} in the configuration file", name), at->second};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Found> one(std::string_view name) const { return all(name); }

  /// The value or `fallback`.
  [[nodiscard]] std::string text(std::string_view name, std::string fallback = {}) const {
    const auto found = all(name);
    return found ? found->values.back() : std::move(fallback);
  }

 private:
  const OptionValues& flags_;
  const Environment& environment_;
  const OptionValues& file_;
};

Result<> settle_listen(const Sources& sources, Config& config) {
  const auto found = sources.one("listen");
  if (!found) return {};
  const auto listen = parse_listen(found->values.back());
  if (!listen) return reject("listen", found->source + ": " + listen.error().detail);
  config.address = listen->address;
  config.port = listen->port;
  return {};
}

Result<> settle_public_url(const Sources& sources, Config& config) {
  const auto found = sources.one("public-url");
  if (!found) return {};
  std::string url = found->values.back();
  while (url.ends_with('/')) url.pop_back();
  const auto origin = net::Origin::parse(url);
  if (!origin || url.find_first_of("?# ") != std::string::npos) {
    return reject("public-url",
                  found->source + ": must be an http or https URL such as https://connect.acme.io");
  }
  config.public_url = url;
  return {};
}

/// Leaves `out` alone when the option is not given.
Result<> settle_number(const Sources& sources,
                       const std::string& name,
                       std::uint32_t least,
                       std::uint32_t most,
                       std::uint32_t& out) {
  const auto found = sources.one(name);
  if (!found) return {};
  const auto number = parse_number<std::uint32_t>(found->values.back());
  if (!number || *number < least || *number > most) {
    return reject(name,
                  fmt::format("{}: must be a number from {} to {}", found->source, least, most));
  }
  out = *number;
  return {};
}

Result<> settle_workers(const Sources& sources, Config& config) {
  config.workers = std::clamp(std::thread::hardware_concurrency(), 1U, kWorkersMax);
  return settle_number(sources, "workers", 1, kWorkersMax, config.workers);
}

Result<> settle_request_log(const Sources& sources, Config& config) {
  WL_CHECK(
      settle_number(sources, "request-log-rate", 0, kRequestLogRateMax, config.request_log_rate));
  WL_CHECK(
      settle_number(sources, "request-log-days", 1, kRequestLogDaysMax, config.request_log_days));
  return settle_number(sources, "request-log-rows", 1, kRequestLogRowsMax, config.request_log_rows);
}

Result<> settle_refresh(const Sources& sources, Config& config) {
  if (const auto found = sources.one("refresh-ahead")) {
    const std::string& value = found->values.back();
    if (value != "all" && value != "none") {
      return reject("refresh-ahead", found->source + ": must be all or none");
    }
    config.refresh_ahead = value == "all";
  }
  return settle_number(sources, "refresh-rate", 1, kRefreshRateMax, config.refresh_rate);
}

Result<> settle_egress(const Sources& sources, Config& config) {
  if (const auto found = sources.all("allow-egress")) {
    for (const std::string& text : found->values) {
      auto permit = net::Egress::Permit::parse(text);
      if (!permit) return reject("allow-egress", found->source + ": " + permit.error().detail);
      config.permits.push_back(*std::move(permit));
    }
  }
  const auto found = sources.one("sandbox");
  if (!found) return {};
  config.sandbox = found->values.back();
  while (config.sandbox.ends_with('/')) config.sandbox.pop_back();
  const auto origin = net::Origin::parse(config.sandbox);
  if (!origin) {
    return reject("sandbox", found->source + ": must be a URL such as http://127.0.0.1:9090");
  }
  config.permits.push_back({origin->host, origin->port});
  return {};
}

Result<> settle_database(const Sources& sources, Config& config) {
  const auto found = sources.one("database");
  config.database = found ? found->values.back() : "sqlite:" + config.data + "/wayleave.db";
  for (const std::string_view scheme : {"sqlite:", "postgres://", "postgresql://"}) {
    if (config.database.starts_with(scheme) && config.database.size() > scheme.size()) return {};
  }
  // The URL may hold a password, so it is not repeated.
  return reject("database", found->source + ": must be sqlite:PATH or postgres://…");
}

Result<> settle_tls(const Sources& sources, Config& config) {
  const auto certificate = sources.one("tls-cert");
  const auto key = sources.one("tls-key");
  if (certificate.has_value() != key.has_value()) {
    const std::string_view missing = certificate ? "tls-key" : "tls-cert";
    return reject(std::string(missing),
                  fmt::format("{} is given without --{}: TLS for clients needs both files",
                              (certificate ? certificate : key)->source,
                              missing));
  }
  if (!certificate) return {};
  config.tls_cert = certificate->values.back();
  config.tls_key = key->values.back();
  if (config.tls_cert.empty() || config.tls_key.empty()) {
    return reject("tls-cert", certificate->source + ": must name a file, and so must --tls-key");
  }
  return {};
}

Result<> settle_oidc(const Sources& sources, Config& config) {
  Config::Oidc& oidc = config.oidc;
  oidc.issuer = sources.text("oidc-issuer");
  oidc.client_id = sources.text("oidc-client-id");
  oidc.client_secret_file = sources.text("oidc-client-secret-file");
  oidc.name = sources.text("oidc-name", oidc.name);
  oidc.default_role = sources.text("oidc-default-role");
  if (oidc.issuer.empty()) return {};
  if (!net::Origin::parse(oidc.issuer) || oidc.issuer.find_first_of("?# ") != std::string::npos) {
    return reject("oidc-issuer", "oidc-issuer: must be a URL such as https://id.acme.example");
  }
  if (oidc.client_id.empty() || oidc.client_secret_file.empty()) {
    return reject(oidc.client_id.empty() ? "oidc-client-id" : "oidc-client-secret-file",
                  "--oidc-issuer needs --oidc-client-id and --oidc-client-secret-file too");
  }
  if (!oidc.default_role.empty() && !access::parse_role(oidc.default_role)) {
    return reject("oidc-default-role",
                  "oidc-default-role: must be viewer, developer, admin or super_admin");
  }
  return {};
}

Result<> settle_log_level(const Sources& sources, Config& config) {
  const auto found = sources.one("log-level");
  if (!found) return {};
  const std::string& level = found->values.back();
  if (level == "debug")
    config.log_level = Log::Level::Debug;
  else if (level == "info")
    config.log_level = Log::Level::Info;
  else if (level == "warn")
    config.log_level = Log::Level::Warn;
  else if (level == "error")
    config.log_level = Log::Level::Error;
  else if (level == "off")
    config.log_level = Log::Level::Off;
  else
    return reject("log-level", found->source + ": must be debug, info, warn, error or off");
  return {};
}

std::string authority(const std::string& address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", address, v6 ? "]" : "", port);
}

Result<OptionValues> read_config_file(const std::string& path) {
  std::ifstream in(path);
  if (!in) return reject("config", "cannot read the configuration file " + path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return read_config_text(path, text);
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
  const auto wrong = [] {
    return reject("listen",
                  "must be ADDR:PORT such as 127.0.0.1:8080 or [::1]:8080; port 0 picks"
                  " a free one");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return wrong();
  ListenAddress listen;
  listen.port = *port;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code ec;
  boost::asio::ip::make_address(std::string(host), ec);
  if (ec) return wrong();
  listen.address = std::string(host);
  return listen;
}

std::string http_url(const std::string& address, std::uint16_t port) {
  return "http://" + authority(address, port);
}

std::string server_url(const Config& config, std::uint16_t port) {
  return (config.speaks_tls() ? "https://" : "http://") + authority(config.address, port);
}

std::vector<std::string> restart_needed(const Config& running, const Config& fresh) {
  const std::pair<const char*, bool> table[] = {
      {"data", running.data != fresh.data},
      {"database", running.database != fresh.database},
      {"listen", running.address != fresh.address || running.port != fresh.port},
      {"public-url", running.public_url != fresh.public_url},
      {"workers", running.workers != fresh.workers},
      {"sandbox", running.sandbox != fresh.sandbox},
      {"allow-egress", running.permits != fresh.permits},
      {"root-key-file", running.root_key_file != fresh.root_key_file},
      {"root-key-command", running.root_key_command != fresh.root_key_command},
      {"ca-file", running.ca_file != fresh.ca_file},
      {"tls-cert", running.speaks_tls() != fresh.speaks_tls()},
      {"refresh-ahead", running.refresh_ahead != fresh.refresh_ahead},
      {"refresh-rate", running.refresh_rate != fresh.refresh_rate},
      {"oidc-issuer", running.oidc != fresh.oidc},
      {"drain-delay", running.drain_delay != fresh.drain_delay},
      {"request-log-rate", running.request_log_rate != fresh.request_log_rate},
      {"request-log-days", running.request_log_days != fresh.request_log_days},
      {"request-log-rows", running.request_log_rows != fresh.request_log_rows}};
  std::vector<std::string> names;
  for (const auto& [name, differs] : table) {
    if (differs) names.emplace_back(name);
  }
  return names;
}

Result<Config> settle(const OptionValues& flags, const Environment& environment) {
  const OptionValues none;
  const Sources outer(flags, environment, none);
  OptionValues file;
  if (const std::string path = outer.text("config"); !path.empty()) {
    WL_TRY(file, read_config_file(path));
  }
  const Sources sources(flags, environment, file);
  Config config;
  config.data = sources.text("data", config.data);
  while (config.data.size() > 1 && config.data.ends_with('/')) config.data.pop_back();
  WL_CHECK(settle_database(sources, config));
  WL_CHECK(settle_listen(sources, config));
  WL_CHECK(settle_public_url(sources, config));
  WL_CHECK(settle_workers(sources, config));
  WL_CHECK(settle_request_log(sources, config));
  WL_CHECK(settle_refresh(sources, config));
  WL_CHECK(settle_number(sources, "drain-delay", 0, kDrainDelayMax, config.drain_delay));
  WL_CHECK(settle_egress(sources, config));
  WL_CHECK(settle_tls(sources, config));
  WL_CHECK(settle_oidc(sources, config));
  WL_CHECK(settle_log_level(sources, config));
  config.providers = sources.text("providers");
  config.root_key_file = sources.text("root-key-file");
  config.root_key_command = sources.text("root-key-command");
  config.ca_file = sources.text("ca-file");
  if (!config.root_key_file.empty() && !config.root_key_command.empty()) {
    return reject("root-key-file", "give --root-key-file or --root-key-command, not both");
  }
  return config;
}

}  // namespace wayleave::app
