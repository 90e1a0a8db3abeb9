#include <CLI/CLI.hpp>
#include <ostream>

#include "app/cli/json_view.hpp"
#include "app/cli/listing.hpp"
#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

constexpr int kLimitDefault = 50;
constexpr int kLimitMax = 200;

struct Asked {
  FormFields query;
  int limit = kLimitDefault;
};

Result<> list(Context& context, Admin& admin, const AdminFlags& flags, const Asked& asked) {
  FormFields query = asked.query;
  query.emplace_back("limit", std::to_string(asked.limit));
  WL_TRY(const auto reply,
         demand(admin, admin.call("GET", "/v1/requests?" + encode_form(query), {})));
  if (flags.json) {
    context.out << reply << "\n";
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const JsonView& item : JsonView::parse(reply).list("data")) {
    const std::string status = item.text("status");
    rows.push_back({item.text("endedAt"),
                    item.text("app"),
                    item.text("user"),
                    item.text("method"),
                    item.text("path") + (item.flag("pathCut") ? "…" : ""),
                    (status.empty() ? "none" : status) + (item.flag("cut") ? " cut" : ""),
                    item.text("code"),
                    item.text("durationMs"),
                    item.text("requestId")});
  }
  print_table(context.out,
              {"ENDED", "APP", "USER", "METHOD", "PATH", "STATUS", "CODE", "MS", "REQUEST"},
              rows);
  return {};
}

}  // namespace

void add_requests(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("requests", "See the newest proxied calls");
  verb->footer("Example:\n  wayleave requests --app hbDev --status 5xx");
  auto flags = add_admin_flags(*verb);
  auto asked = std::make_shared<Asked>();
  const auto add = [&](const char* option, const char* name, const char* help, const char* type) {
    verb->add_option_function<std::string>(
            option,
            [asked, name](const std::string& value) { asked->query.emplace_back(name, value); },
            help)
        ->type_name(type);
  };
  add("--app", "app", "only of this app", "APP");
  add("--user", "user", "only for this user", "USER");
  add("--connection", "connection", "only of this connection", "ID");
  add("--method", "method", "only with this method", "METHOD");
  add("--status", "status", "only with this status or class of them", "404|5xx|none");
  add("--code", "code", "only with this error of the gateway's own", "CODE");
  add("--since", "since", "ended then or later, such as 2026-11-23T14:00:00Z", "TIME");
  add("--until", "until", "ended before", "TIME");
  add("--min-duration-ms", "minDurationMs", "took at least so long", "MS");
  add("--request-id", "requestId", "the one with this Wayleave-Request-Id", "ID");
  verb->add_option("--limit", asked->limit, "how many (default 50)")
      ->check(CLI::Range(1, kLimitMax))
      ->type_name("N");
  verb->callback([&context, flags, asked] {
    run_admin(context, *flags, [&](Admin& admin) { return list(context, admin, *flags, *asked); });
  });
}

}  // namespace wayleave::app::cli
