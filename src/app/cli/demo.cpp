#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <ostream>

#include "app/cli/verbs.hpp"
#include "app/demo/journey.hpp"
#include "app/demo/temporary_folder.hpp"
#include "app/stop_signals.hpp"

namespace wayleave::app::cli {
namespace {

void stay(Context& context, const demo::Journey& journey, StopSignals& signals) {
  context.out
      << fmt::format(
             "\nTry it yourself (Ctrl-C ends it all):\n\n"
             "  export WAYLEAVE_SERVER={}\n"
             "  export WAYLEAVE_KEY=\"$(cat {})\"\n\n"
             "  curl -H \"Authorization: Bearer $WAYLEAVE_KEY\" \\\n"
             "    \"$WAYLEAVE_SERVER/proxy/hbDev/@customer-42/crm/v3/objects/contacts?limit=3\"\n\n"
             "  console  {}\n"
             "  sandbox  {}/_sandbox/stats\n",
             journey.gateway_url(),
             journey.key_file(),
             journey.set_up_link(),
             journey.sandbox_url())
      << std::endl;
  while (signals.wait() == SIGHUP) {
  }
}

void run_demo(Context& context, bool once) {
  StopSignals signals;
  auto folder = demo::TemporaryFolder::create();
  if (!folder) return complain(context, folder.error(), kFailed);
  Log log(Log::Level::Error);
  demo::Printer printer(context.out, context.out_is_terminal);
  demo::Journey journey(folder->path(), printer, log);
  auto done = journey.run();
  if (done && once) done = journey.disconnect();
  if (!done) return complain(context, done.error(), kFailed);
  if (!once) return stay(context, journey, signals);
  context.out << "\nThe whole journey worked.\n";
}

}  // namespace

void add_demo(CLI::App& root, Context& context) {
  CLI::App* verb =
      root.add_subcommand("demo", "See the whole journey against a simulator, without any account");
  verb->footer(
      "Nothing is kept: the data folder is a temporary one.\n\n"
      "Example:\n  wayleave demo --once");
  auto once = std::make_shared<bool>(false);
  verb->add_flag("--once", *once, "exit after the journey instead of staying up");
  verb->callback([&context, once] { run_demo(context, *once); });
}

}  // namespace wayleave::app::cli
