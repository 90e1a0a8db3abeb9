#include "app/copy.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/verbs.hpp"

namespace wayleave::app::cli {
namespace {

struct Flags {
  OptionValues values;
  std::string from;
  std::string to;
  bool ignore_servers = false;
  bool json = false;
};

void tell(Context& context, const Flags& flags, const CopyReport& report) {
  if (flags.json) {
    std::vector<std::string> tables;
    for (const CopiedTable& table : report.tables) {
      tables.push_back(api::JsonWriter().text("name", table.name).number("rows", table.rows).str());
    }
    context.out << api::JsonWriter()
                       .number("rows", report.rows)
                       .raw("tables", api::json_array(tables))
                       .str()
                << "\n";
    return;
  }
  context.out << fmt::format(
      "{} rows of {} tables copied; counted in both, and the root key fits\n"
      "start servers with the new database only: a token refreshed on one side is unknown to the "
      "other\n",
      report.rows,
      report.tables.size());
}

void copy(Context& context, const Flags& flags) {
  const auto config = settle(flags.values, context.environment);
  if (!config) return complain(context, config.error(), kWrongUsage);
  const std::string from = flags.from.empty() ? config->database : flags.from;
  Result<CopyReport> report;
  {
    Progress bar(context, "copying");
    report = copy_database(*config,
                           context.environment,
                           from,
                           flags.to,
                           flags.ignore_servers,
                           [&bar](std::int64_t done, std::int64_t all) { bar.show(done, all); });
  }
  if (!report) return complain(context, report.error(), kFailed);
  tell(context, flags, *report);
}

}  // namespace

void add_copy(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("copy", "Copy everything into another database");
  verb->footer(
      "From SQLite to PostgreSQL, or back. Servers have to be stopped; the source is not changed.\n"
      "The target has to be empty. A password is better put into PGPASSFILE than into the URL.\n\n"
      "Example:\n"
      "  wayleave copy --from sqlite:/var/lib/wayleave/wayleave.db --to "
      "postgres://wayleave@db/wayleave");
  auto flags = std::make_shared<Flags>();
  verb->add_option("--from", flags->from, "the source (default: the database of --database)")
      ->type_name("URL");
  verb->add_option("--to", flags->to, "the target, empty")->required()->type_name("URL");
  verb->add_flag("--ignore-servers",
                 flags->ignore_servers,
                 "although the source says that servers are running");
  add_options(*verb, data_options(), flags->values);
  verb->add_flag("--json", flags->json, "print JSON");
  verb->callback([&context, flags] { copy(context, *flags); });
}

}  // namespace wayleave::app::cli
