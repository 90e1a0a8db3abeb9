#include <CLI/CLI.hpp>
#include <csignal>
#include <ostream>

#include "app/cli/verbs.hpp"
#include "app/sandbox_server.hpp"
#include "app/stop_signals.hpp"

namespace wayleave::app::cli {
namespace {

struct Args {
  std::string listen = "127.0.0.1:9090";
  std::string rate_limit;
  std::int64_t access_token_ttl = 1800;
  std::int64_t code_ttl = 600;
  sandbox::Options options;
};

Result<ListenAddress> settle_args(Args& args) {
  WL_TRY(auto listen, parse_listen(args.listen));
  args.options.access_token_ttl = std::chrono::seconds(args.access_token_ttl);
  args.options.code_ttl = std::chrono::seconds(args.code_ttl);
  if (!args.rate_limit.empty()) {
    const auto limit = sandbox::parse_rate_limit(args.rate_limit);
    if (!limit) return reject("rate-limit", "--rate-limit: must be N/10s such as 110/10s");
    args.options.rate_limit_requests = limit->requests;
    args.options.rate_limit_window = limit->window;
  }
  return listen;
}

void simulate(Context& context, Args& args) {
  const auto listen = settle_args(args);
  if (!listen) return complain(context, listen.error(), kWrongUsage);
  StopSignals signals;
  Log log(Log::Level::Warn);
  SandboxServer server(args.options, log);
  const auto url = server.start(*listen);
  if (!url) return complain(context, url.error(), kFailed);
  context.out << "sandbox listening on " << *url << std::endl;
  while (signals.wait() == SIGHUP) {
  }
  server.stop();
}

}  // namespace

void add_sandbox(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("sandbox", "Run the HubSpot simulator alone");
  verb->footer(
      "Its control room is /_sandbox/ (faults, clock, statistics).\n\n"
      "Example:\n"
      "  wayleave sandbox --auto-consent --access-token-ttl 60\n"
      "  wayleave serve --sandbox http://127.0.0.1:9090");
  auto args = std::make_shared<Args>();
  verb->add_option("--listen", args->listen, "where to listen (default 127.0.0.1:9090)")
      ->type_name("ADDR:PORT");
  verb->add_flag("--auto-consent", args->options.auto_consent, "approve without a page");
  verb->add_option("--access-token-ttl", args->access_token_ttl, "seconds (default 1800)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400));
  verb->add_flag("--rotate-refresh-tokens",
                 args->options.rotate_refresh_tokens,
                 "every refresh gives a new refresh token");
  verb->add_option("--code-ttl", args->code_ttl, "seconds a code is good for (default 600)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400));
  verb->add_option("--seed", args->options.seed, "of the generated data (default 1)")
      ->type_name("N");
  verb->add_option("--records", args->options.records, "per object type (default 100)")
      ->type_name("N")
      ->check(CLI::Range(0, 100000));
  verb->add_option("--rate-limit", args->rate_limit, "requests per window (default 110/10s)")
      ->type_name("N/10s");
  verb->callback([&context, args] { simulate(context, *args); });
}

}  // namespace wayleave::app::cli
