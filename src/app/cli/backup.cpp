#include "app/backup/backup.hpp"

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
  std::string file;
  bool json = false;
  bool check = false;
};

void add_common(CLI::App& verb, Flags& flags, const char* what) {
  verb.add_option("file", flags.file, what)->required()->type_name("FILE");
  add_options(verb, data_options(), flags.values);
  verb.add_flag("--json", flags.json, "print JSON");
}

void tell_backup(Context& context, const Flags& flags, const BackupReport& report) {
  if (flags.json) {
    context.out << api::JsonWriter()
                       .text("file", flags.file)
                       .text("madeAt", report.header.made_at)
                       .text("rootKey", report.header.root_fingerprint)
                       .number("tables", report.tables)
                       .number("rows", report.rows)
                       .number("bytes", report.bytes)
                       .number("inEmergencyJournal", report.in_journal)
                       .str()
                << "\n";
  } else {
    context.out << fmt::format(
        "{} rows of {} tables, {} bytes, in {}\n"
        "its secrets are sealed: it needs the root key {} ({}), which is not"
        " in it; keep that apart\n",
        report.rows,
        report.tables,
        report.bytes,
        flags.file,
        report.header.root_fingerprint,
        report.root_key_source);
  }
  if (report.in_journal > 0) {
    context.err << fmt::format(
        "wayleave: {} answers of providers lie in the emergency folder, not yet in the database nor"
        " in the backup; see wayleave doctor\n",
        report.in_journal);
  }
  if (!report.unaudited.empty()) {
    context.err << "wayleave: the backup could not be recorded in the audit trail: "
                << report.unaudited << "\n";
  }
}

void back_up(Context& context, const Flags& flags) {
  const auto config = settle(flags.values, context.environment);
  if (!config) return complain(context, config.error(), kWrongUsage);
  Log log(Log::Level::Error);
  Result<BackupReport> report;
  {
    Progress bar(context, "backing up");
    report = make_backup(
        *config,
        context.environment,
        flags.file,
        [&bar](std::int64_t done, std::int64_t all) { bar.show(done, all); },
        log);
  }
  if (!report) return complain(context, report.error(), kFailed);
  tell_backup(context, flags, *report);
}

void tell_restore(Context& context, const Flags& flags, const RestoreReport& report) {
  if (flags.json) {
    std::vector<std::string> damaged;
    for (const auto& value : report.damaged) {
      damaged.push_back(fmt::format("{}.{} of {}", value.table, value.column, value.row));
    }
    context.out << api::JsonWriter()
                       .text("madeAt", report.header.made_at)
                       .text("madeBy", report.header.made_by)
                       .text("rootKey", report.header.root_fingerprint)
                       .number("tables", report.tables)
                       .number("rows", report.rows)
                       .boolean("restored", !flags.check)
                       .number("checked", report.checked)
                       .texts("damagedValues", damaged)
                       .str()
                << "\n";
    return;
  }
  if (flags.check) {
    context.out << fmt::format("whole and unchanged: {} rows of {} tables, made at {} by {}\n",
                               report.rows,
                               report.tables,
                               report.header.made_at,
                               report.header.made_by);
    return;
  }
  context.out << fmt::format(
      "{} rows of {} tables restored, as they were at {}; the secrets of {} "
      "rows were opened\n",
      report.rows,
      report.tables,
      report.header.made_at,
      report.checked);
  for (const auto& value : report.damaged) {
    context.out << fmt::format(
        "damaged, as it was backed up: {}.{} of {}\n", value.table, value.column, value.row);
  }
  context.out << "tokens that were refreshed since then may be refused by their providers; such"
                 " connections then ask for a new consent\n";
}

void restore(Context& context, const Flags& flags) {
  const auto config = settle(flags.values, context.environment);
  if (!config) return complain(context, config.error(), kWrongUsage);
  Log log(Log::Level::Error);
  Result<RestoreReport> report;
  {
    Progress bar(context, flags.check ? "checking" : "restoring");
    const RowsDone show = [&bar](std::int64_t done, std::int64_t all) { bar.show(done, all); };
    report = flags.check ? check_backup(*config, context.environment, flags.file, show)
                         : restore_backup(*config, context.environment, flags.file, show, log);
  }
  if (!report) return complain(context, report.error(), kFailed);
  tell_restore(context, flags, *report);
}

}  // namespace

void add_backup(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("backup", "Write everything to a file, while servers run");
  verb->footer(
      "As the database was at one moment. Secrets stay sealed: the file is worth nothing without\n"
      "the root key, which is not in it.\n\n"
      "Example:\n  wayleave backup /backups/wayleave-$(date +%F).backup");
  auto flags = std::make_shared<Flags>();
  add_common(*verb, *flags, "a new file");
  verb->callback([&context, flags] { back_up(context, *flags); });
}

void add_restore(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("restore", "Fill a new database from a backup");
  verb->footer(
      "The database may be of another kind and on another machine. It needs the root key that the\n"
      "backup was made with.\n\n"
      "Example:\n"
      "  wayleave restore monday.backup --data /var/lib/wayleave --root-key-file root.key\n"
      "  wayleave restore monday.backup --database postgres://db.internal/wayleave");
  auto flags = std::make_shared<Flags>();
  add_common(*verb, *flags, "a file that wayleave backup wrote");
  verb->add_flag("--check", flags->check, "only judge the file; change nothing");
  verb->callback([&context, flags] { restore(context, *flags); });
}

}  // namespace wayleave::app::cli
