#include <CLI/CLI.hpp>
#include <csignal>
#include <ostream>

#include "app/cli/verbs.hpp"
#include "app/serving.hpp"
#include "app/stop_signals.hpp"
#include "base/text.hpp"
#include "net/upstream.hpp"

namespace wayleave::app::cli {
namespace {

constexpr Millis kStopGrace{30'000};

/// SIGHUP. A configuration that does not hold leaves everything as it was.
void reload(const Context& context, const OptionValues& values, Serving& serving, Log& log) {
  const auto config = settle(values, context.environment);
  if (!config) return log.error("reload.refused", {{"detail", config.error().detail}});
  const auto waiting = serving.reload(*config);
  if (!waiting) return log.error("reload.refused", {{"detail", waiting.error().detail}});
  log.info("reload.done", {{"waiting_for_restart", join(*waiting, ",")}});
}

bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

/// Codes, cookies and keys must not travel in the open; here is where it shows first.
void warn_about_urls(const Config& config, Log& log) {
  const auto origin = net::Origin::parse(config.public_url);
  if (config.public_url.empty() && !is_loopback(config.address)) {
    log.warn("public_url.missing",
             {{"do", "set --public-url to the https address that browsers reach"}});
  } else if (origin && !origin->tls && !is_loopback(origin->host)) {
    log.warn("public_url.not_https",
             {{"do", "give --tls-cert and --tls-key, or put a TLS proxy in front"}});
  }
}

void serve(Context& context, const OptionValues& values) {
  const auto config = settle(values, context.environment);
  if (!config) return complain(context, config.error(), kWrongUsage);
  StopSignals signals;
  Log log(config->log_level);
  warn_about_urls(*config, log);
  auto serving = Serving::start(*config, context.environment, log);
  if (!serving) return complain(context, serving.error(), kFailed);
  if (!(*serving)->set_up_link().empty()) {
    context.err << "No member yet. Open this within 24 hours to become the first:\n  "
                << (*serving)->set_up_link() << std::endl;
  }
  context.out << "wayleave listening on " << (*serving)->url() << std::endl;
  while (signals.wait() == SIGHUP) reload(context, values, **serving, log);
  log.info("server.stopping");
  if (config->drain_delay > 0) (*serving)->retire(std::chrono::seconds{config->drain_delay});
  (*serving)->stop(kStopGrace);
  log.info("server.stopped");
}

}  // namespace

void add_serve(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("serve", "Run the gateway");
  verb->footer(
      "Each option can also be given as WAYLEAVE_… or as a key in the file of --config.\n"
      "At the first start the root key is made in the data folder: back it up elsewhere.\n\n"
      "Example:\n"
      "  wayleave serve --data /var/lib/wayleave --public-url https://connect.acme.io\n"
      "  wayleave serve --listen 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem");
  auto values = std::make_shared<OptionValues>();
  add_options(*verb, serve_options(), *values);
  add_options(*verb, data_options(), *values);
  verb->callback([&context, values] { serve(context, *values); });
}

}  // namespace wayleave::app::cli
