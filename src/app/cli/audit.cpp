#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "api/audit_query.hpp"
#include "api/csv.hpp"
#include "app/cli/json_view.hpp"
#include "app/cli/listing.hpp"
#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

constexpr std::size_t kLimitDefault = 50;
constexpr std::size_t kLimitMax = 10'000;
constexpr int kPage = 200;

struct Asked {
  FormFields query;
  std::size_t limit = kLimitDefault;
  std::string format = "jsonl";
};

/// Gives each record to `use` until it has had enough (false), newest first.
Result<> each_record(Admin& admin,
                     const FormFields& filters,
                     const std::function<bool(const JsonView&)>& use) {
  std::string cursor;
  do {
    FormFields query = filters;
    query.emplace_back("limit", std::to_string(kPage));
    if (!cursor.empty()) query.emplace_back("cursor", cursor);
    WL_TRY(const auto body,
           demand(admin, admin.call("GET", "/v1/audit?" + encode_form(query), {})));
    const JsonView page = JsonView::parse(body);
    for (const JsonView& record : page.list("data")) {
      if (!use(record)) return {};
    }
    cursor = page.text("nextCursor");
  } while (!cursor.empty());
  return {};
}

/// `backend (key_…)`, or what kind of actor it was.
std::string who(const JsonView& record) {
  const JsonView actor = record.member("actor");
  const std::string name = actor.text("name");
  return name.empty() ? actor.text("kind") : fmt::format("{} {}", actor.text("kind"), name);
}

Result<> list(Context& context, Admin& admin, const AdminFlags& flags, const Asked& asked) {
  std::vector<JsonView> records;
  WL_CHECK(each_record(admin, asked.query, [&](const JsonView& record) {
    records.push_back(record);
    return records.size() < asked.limit;
  }));
  if (flags.json) {
    print_list(context, records);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const JsonView& record : records) {
    rows.push_back({record.text("sequence"),
                    record.text("at"),
                    who(record),
                    record.member("actor").text("address"),
                    record.text("action"),
                    record.text("target")});
  }
  print_table(context.out, {"NUMBER", "AT", "WHO", "FROM", "ACTION", "TARGET"}, rows);
  return {};
}

std::string csv_of(const JsonView& record) {
  const JsonView actor = record.member("actor");
  return api::csv_line({record.text("sequence"),
                        record.text("at"),
                        actor.text("kind"),
                        actor.text("id"),
                        actor.text("name"),
                        actor.text("address"),
                        record.text("action"),
                        record.text("target"),
                        record.member("detail").json(),
                        record.text("hash")});
}

Result<> write_out(Context& context, Admin& admin, const Asked& asked) {
  const bool csv = asked.format == "csv";
  if (csv) context.out << api::csv_line(api::audit_csv_columns());
  return each_record(admin, asked.query, [&](const JsonView& record) {
    context.out << (csv ? csv_of(record) : record.json() + "\n");
    return context.out.good();
  });
}

Result<> verify(Context& context, Admin& admin, const AdminFlags& flags) {
  WL_TRY(const auto reply, demand(admin, admin.call("POST", "/v1/audit/verify", {})));
  const JsonView verdict = JsonView::parse(reply);
  if (!verdict.flag("intact")) context.exit_code = kFailed;
  if (flags.json) {
    context.out << reply << "\n";
    return {};
  }
  print_facts(context.out,
              {{"intact", verdict.flag("intact") ? "yes" : "NO"},
               {"first broken", verdict.text("firstBroken")},
               {"fault", verdict.text("fault")},
               {"records", verdict.text("records")},
               {"chained from", verdict.text("chainedFrom")},
               {"sealed up to", verdict.text("sealedUpTo")},
               {"sealed since", verdict.text("sealedSince")}});
  return {};
}

void add_filters(CLI::App& verb, const std::shared_ptr<Asked>& asked) {
  const auto add = [&](const char* option, const char* name, const char* help, const char* type) {
    verb.add_option_function<std::string>(
            option,
            [asked, name](const std::string& value) { asked->query.emplace_back(name, value); },
            help)
        ->type_name(type);
  };
  add("--action",
      "action",
      "only this, or with a dot at its end all of an area",
      "key.created|key.");
  add("--actor", "actor", "only by this key or member, or this kind of actor", "ID|NAME|KIND");
  add("--target", "target", "only done to this", "ID");
  add("--search", "q", "only with this text somewhere", "TEXT");
  add("--since", "since", "then or later, such as 2026-11-23T14:00:00Z", "TIME");
  add("--until", "until", "before", "TIME");
}

void add_list(CLI::App& audit, Context& context) {
  CLI::App* verb = audit.add_subcommand("list", "See the newest records");
  verb->footer("Example:\n  wayleave audit list --action token. --since 2026-11-23T14:00:00Z");
  auto flags = add_admin_flags(*verb);
  auto asked = std::make_shared<Asked>();
  add_filters(*verb, asked);
  verb->add_option("--limit", asked->limit, "how many (default 50)")
      ->check(CLI::Range(std::size_t{1}, kLimitMax))
      ->type_name("N");
  verb->callback([&context, flags, asked] {
    run_admin(context, *flags, [&](Admin& admin) { return list(context, admin, *flags, *asked); });
  });
}

void add_export(CLI::App& audit, Context& context) {
  CLI::App* verb = audit.add_subcommand("export", "Write records to standard output, newest first");
  verb->footer("Example:\n  wayleave audit export --format csv --action key. > keys.csv");
  auto flags = add_admin_flags(*verb);
  auto asked = std::make_shared<Asked>();
  add_filters(*verb, asked);
  verb->add_option("--format", asked->format, "jsonl (default) or csv")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->type_name("FORMAT");
  verb->callback([&context, flags, asked] {
    run_admin(context, *flags, [&](Admin& admin) { return write_out(context, admin, *asked); });
  });
}

}  // namespace

void add_audit(CLI::App& root, Context& context) {
  CLI::App* audit = root.add_subcommand("audit", "See, export and verify the audit trail");
  audit->require_subcommand(1);
  add_list(*audit, context);
  add_export(*audit, context);

  CLI::App* verb = audit->add_subcommand("verify", "Check that no record was changed or removed");
  verb->footer(
      "Exits with 1 and names the first broken record when one was. Up to `sealed up to` nobody\n"
      "without the root key can have changed a record unnoticed.\n\n"
      "Example:\n  wayleave audit verify");
  auto flags = add_admin_flags(*verb);
  verb->callback([&context, flags] {
    run_admin(context, *flags, [&](Admin& admin) { return verify(context, admin, *flags); });
  });
}

}  // namespace wayleave::app::cli
