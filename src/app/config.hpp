#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "net/egress.hpp"

namespace wayleave::app {

/// Reads one environment variable; nullopt when it is not set. Passed in, so that tests have their
/// own and nothing else reads the environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// One option of contract section 2: `--name`, `WAYLEAVE_NAME`, or `name` in the YAML file.
struct OptionSpec {
  std::string_view name;
  std::string_view value;  ///< what the help calls its value
  std::string_view help;
  bool repeatable = false;
};
/// Options of everything that opens the data: data, database, providers, root key, log.
[[nodiscard]] const std::vector<OptionSpec>& data_options();
/// Further options of `serve`.
[[nodiscard]] const std::vector<OptionSpec>& serve_options();

/// Values by option name as one source gave them.
using OptionValues = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Everything settled, checked and typed.
struct Config {
  std::string data = "./wayleave-data";
  std::string database;  ///< `sqlite:PATH` or `postgres://…`
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string public_url;  ///< without trailing slash; empty: not set
  unsigned workers = 1;
  std::string providers;  ///< directory; empty: the built-in ones only
  std::string sandbox;    ///< URL of a sandbox; empty: none
  std::vector<net::Egress::Permit> permits;
  std::string root_key_file;     ///< empty: none given
  std::string root_key_command;  ///< empty: none given
  std::string ca_file;           ///< further certificate authorities; empty: none
  std::string tls_cert;          ///< PEM chain shown to clients; empty: they speak plain HTTP
  std::string tls_key;           ///< its private key; given exactly when `tls_cert` is
  Log::Level log_level = Log::Level::Info;
  std::uint32_t drain_delay = 0;  ///< seconds between SIGTERM and taking no more connections
  std::uint32_t request_log_rate = 1'000;      ///< rows per second; 0: no request log
  std::uint32_t request_log_days = 7;          ///< a row is kept so long
  std::uint32_t request_log_rows = 1'000'000;  ///< the newest so many are kept
  bool refresh_ahead = true;                   ///< refresh what nobody uses before it expires
  std::uint32_t refresh_rate = 1'000;          ///< token requests per second and endpoint

  /// Single sign-on; no issuer: none.
  struct Oidc {
    std::string issuer;
    std::string client_id;
    std::string client_secret_file;
    std::string name = "Single sign-on";
    std::string default_role;  ///< empty: only who is invited gets in
    friend bool operator==(const Oidc&, const Oidc&) = default;
  } oidc;

  [[nodiscard]] bool speaks_tls() const { return !tls_cert.empty(); }
  /// The file of an embedded database; empty for another kind.
  [[nodiscard]] std::string sqlite_path() const {
    constexpr std::string_view scheme = "sqlite:";
    return database.starts_with(scheme) ? database.substr(scheme.size()) : std::string();
  }
};

/// Settles the options: flag, then environment, then the file named by `--config`, then the
/// default. An error names where the wrong value stands and how to mend it.
[[nodiscard]] Result<Config> settle(const OptionValues& flags, const Environment& environment);

/// The options that differ and only take effect with a restart.
[[nodiscard]] std::vector<std::string> restart_needed(const Config& running, const Config& fresh);

/// The values of a YAML file; an unknown key is an error that tells its line. Keys may be written
/// `public-url`, `public_url` or `publicUrl`.
[[nodiscard]] Result<OptionValues> read_config_text(const std::string& name,
                                                    const std::string& text);

/// `ADDR:PORT`, IPv6 in brackets.
struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text);

/// `https://ADDR:PORT`, or `http://` without TLS, as printed and used when no public URL is given.
[[nodiscard]] std::string server_url(const Config& config, std::uint16_t port);
/// `http://ADDR:PORT`.
[[nodiscard]] std::string http_url(const std::string& address, std::uint16_t port);

}  // namespace wayleave::app
