#include <CLI/CLI.hpp>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/verbs.hpp"
#include "app/core.hpp"

namespace wayleave::app::cli {
namespace {

struct Flags {
  OptionValues values;
  bool json = false;
};

Result<std::vector<std::string>> migrate_database(const Config& config) {
  WL_CHECK(prepare_data_folder(config.data));
  WL_TRY(const auto database, db::open(config.database, {.readers = 1}));
  std::vector<std::string> applied;
  WL_CHECK(database->migrate(all_migrations(), &applied));
  return applied;
}

void migrate(Context& context, const Flags& flags) {
  const auto config = settle(flags.values, context.environment);
  if (!config) return complain(context, config.error(), kWrongUsage);
  const auto applied = migrate_database(*config);
  if (!applied) return complain(context, applied.error(), kFailed);
  if (flags.json) {
    context.out << api::JsonWriter().texts("applied", *applied).str() << "\n";
    return;
  }
  for (const std::string& step : *applied) context.out << "applied " << step << "\n";
  if (applied->empty()) context.out << "the schema is up to date\n";
}

}  // namespace

void add_migrate(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("migrate", "Bring the tables of the database up to date");
  verb->footer(
      "serve does it by itself; this is for doing it before. Several may do it at once. Needs no\n"
      "root key. A database that a newer version has used is refused and left as it is.\n\n"
      "Example:\n  wayleave migrate --database postgres://wayleave@db/wayleave");
  auto flags = std::make_shared<Flags>();
  add_options(*verb, data_options(), flags->values);
  verb->add_flag("--json", flags->json, "print JSON");
  verb->callback([&context, flags] { migrate(context, *flags); });
}

}  // namespace wayleave::app::cli
