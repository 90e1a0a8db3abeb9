#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/verbs.hpp"
#include "app/key_change.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

struct Flags {
  OptionValues values;
  bool json = false;
  bool resume = false;
  bool root = false;
  bool remove_old = false;
  NextRootKey next;
};

std::string where(const vault::DamagedValue& value) {
  return fmt::format("{}.{} of {}", value.table, value.column, value.row);
}

void print_json(Context& context, const RotationReport& report) {
  std::vector<std::string> damaged;
  for (const auto& value : report.damaged_values) damaged.push_back(where(value));
  std::vector<std::string> needed;
  for (const auto& use : report.still_needed) {
    needed.push_back(api::JsonWriter().number("key", use.key).number("values", use.values).str());
  }
  context.out << api::JsonWriter()
                     .number("dataKey", report.key)
                     .boolean("resumed", report.resumed)
                     .number("servers", report.servers)
                     .number("resealed", report.resealed)
                     .number("damaged", report.damaged)
                     .texts("damagedValues", damaged)
                     .raw("oldKeysStillNeeded", api::json_array(needed))
                     .str()
              << "\n";
}

void print_text(Context& context, const RotationReport& report) {
  if (report.resumed) context.out << "went on with a rotation that had been begun before\n";
  context.out << fmt::format(
      "data key {} is in use; {} values were sealed anew", report.key, report.resealed);
  if (report.servers > 0)
    context.out << fmt::format("; running servers that use it: {}", report.servers);
  context.out << "\n";
  for (const auto& value : report.damaged_values) {
    context.out << "damaged, left as it is: " << where(value) << "\n";
  }
  for (const auto& use : report.still_needed) {
    context.out << fmt::format(
        "data key {} stays: {} values are sealed with it\n", use.key, use.values);
  }
  if (report.damaged > 0) {
    context.out << "users of damaged connections have to connect again (wayleave link APP USER);"
                   " then run wayleave rotate-key --resume\n";
  } else if (!report.still_needed.empty()) {
    context.out << "somebody sealed with the old key meanwhile; run wayleave rotate-key --resume\n";
  }
}

void rotate_root(Context& context, const Flags& flags, Core& core) {
  const auto report = change_root_key(core, flags.next);
  if (!report) return complain(context, report.error(), kFailed);
  if (flags.json) {
    context.out << api::JsonWriter()
                       .text("before", report->before)
                       .text("after", report->after)
                       .text_or_null("made", report->made)
                       .text_or_null("oldKeptAs", report->kept)
                       .text("nextStart", report->next_start)
                       .str()
                << "\n";
    return;
  }
  context.out << fmt::format(
      "the data keys are wrapped with the root key {} (before: {})\n"
      "running servers go on; the next start needs {}\n",
      report->after,
      report->before,
      report->next_start);
  if (!report->made.empty()) {
    context.out << "back the new key up apart from the data: " << report->made << "\n";
  }
  if (!report->kept.empty()) {
    context.out << "the old key lies in " << report->kept
                << ": only backups made before now need it; keep it with them or delete it\n";
  }
}

void remove_old(Context& context, const Flags& flags, Core& core) {
  const auto removed = remove_old_data_keys(core);
  if (!removed) return complain(context, removed.error(), kFailed);
  std::vector<std::string> ids;
  for (const std::uint32_t id : *removed) ids.push_back(std::to_string(id));
  if (flags.json) {
    context.out << api::JsonWriter().raw("removed", api::json_array(ids)).str() << "\n";
  } else if (ids.empty()) {
    context.out << "no data key was retired an hour ago or longer and is unused\n";
  } else {
    context.out << "removed data keys " << join(ids, ", ")
                << "; old backups have theirs with them\n";
  }
}

void rotate_data(Context& context, const Flags& flags, Core& core) {
  Result<RotationReport> report;
  {
    Progress bar(context, "sealing anew");
    report = rotate_data_key(core, !flags.resume, [&bar](RotationProgress progress) {
      bar.show(progress.done, progress.all);
    });
  }
  if (!report) return complain(context, report.error(), kFailed);
  if (flags.json) {
    print_json(context, *report);
  } else {
    print_text(context, *report);
  }
  if (!report->still_needed.empty()) context.exit_code = kFailed;
}

void rotate(Context& context, const Flags& flags) {
  const auto config = settle(flags.values, context.environment);
  if (!config) return complain(context, config.error(), kWrongUsage);
  Log log(Log::Level::Error);
  auto core = Core::open(*config, context.environment, {}, log);
  if (!core) return complain(context, core.error(), kFailed);
  if (flags.root) {
    rotate_root(context, flags, **core);
  } else if (flags.remove_old) {
    remove_old(context, flags, **core);
  } else {
    rotate_data(context, flags, **core);
  }
  (*core)->seal_audit();
}

}  // namespace

void add_rotate_key(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("rotate-key", "Change the keys that protect the secrets");
  verb->footer(
      "Makes a new data key and seals every secret anew, while servers run. An interrupted\n"
      "rotation is gone on with by the next run, or by a running server. With --root it is the "
      "key\n"
      "above the data keys that is changed; running servers go on.\n\n"
      "Example:\n"
      "  wayleave rotate-key\n"
      "  wayleave rotate-key --root --new-root-key-file /run/secrets/wayleave-root");
  auto flags = std::make_shared<Flags>();
  add_options(*verb, data_options(), flags->values);
  CLI::Option* resume = verb->add_flag("--resume", flags->resume, "only finish what was begun");
  CLI::Option* remove =
      verb->add_flag("--remove-old", flags->remove_old, "remove retired data keys that are unused")
          ->excludes(resume);
  CLI::Option* root_flag = verb->add_flag("--root", flags->root, "change the root key instead")
                               ->excludes(resume)
                               ->excludes(remove);
  CLI::Option* file = verb->add_option("--new-root-key-file",
                                       flags->next.file,
                                       "the new root key; made when it is not there")
                          ->type_name("FILE")
                          ->needs(root_flag);
  verb->add_option("--new-root-key-command", flags->next.command, "prints the new root key")
      ->type_name("COMMAND")
      ->needs(root_flag)
      ->excludes(file);
  verb->add_flag("--json", flags->json, "print JSON");
  verb->callback([&context, flags] { rotate(context, *flags); });
}

}  // namespace wayleave::app::cli
