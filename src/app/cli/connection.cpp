#include <CLI/CLI.hpp>
#include <ostream>

#include "app/cli/json_view.hpp"
#include "app/cli/listing.hpp"
#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

struct Filter {
  std::string app;
  std::string user;
  std::string state;
};

Result<> list(Context& context, Admin& admin, const AdminFlags& flags, const Filter& filter) {
  FormFields query;
  if (!filter.app.empty()) query.emplace_back("app", filter.app);
  if (!filter.user.empty()) query.emplace_back("user", filter.user);
  if (!filter.state.empty()) query.emplace_back("state", filter.state);
  std::string target = "/v1/connections";
  if (!query.empty()) target += "?" + encode_form(query);
  WL_TRY(const auto connections, list_all(admin, target, filter.app));
  if (flags.json) {
    print_list(context, connections);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const JsonView& item : connections) {
    rows.push_back({item.text("id"),
                    item.text("app"),
                    item.text("user"),
                    item.text("state"),
                    item.text("externalAccount"),
                    item.text("expiresAt")});
  }
  print_table(context.out, {"ID", "APP", "USER", "STATE", "ACCOUNT", "TOKEN EXPIRES"}, rows);
  return {};
}

void show(Context& context, const AdminFlags& flags, const std::string& reply) {
  if (flags.json) {
    context.out << reply << "\n";
    return;
  }
  const JsonView item = JsonView::parse(reply);
  print_facts(context.out,
              {{"id", item.text("id")},
               {"app", item.text("app")},
               {"user", item.text("user")},
               {"state", item.text("state")},
               {"reason", item.text("stateReason")},
               {"account", item.text("externalAccount")},
               {"granted scopes", join(item.texts("grantedScopes"), " ")},
               {"missing scopes", join(item.texts("missingScopes"), " ")},
               {"refresh token", item.flag("hasRefreshToken") ? "yes" : "none"},
               {"token expires", item.text("expiresAt")},
               {"refreshed", item.text("refreshedAt")},
               {"connected", item.text("createdAt")}});
}

/// A verb on one connection: `show`, `refresh` and `delete` differ in the call they make.
void add_single(CLI::App& parent,
                Context& context,
                const char* name,
                const char* help,
                const char* method,
                const char* suffix) {
  CLI::App* verb = parent.add_subcommand(name, help);
  verb->footer(std::string("Example:\n  wayleave connection ") + name + " con_3kTMd1…");
  auto flags = add_admin_flags(*verb);
  auto id = std::make_shared<std::string>();
  verb->add_option("id", *id, "id of the connection (see connection list)")
      ->required()
      ->type_name("ID");
  verb->callback([&context, flags, id, method = std::string(method), suffix] {
    run_admin(context, *flags, [&](Admin& admin) -> Result<> {
      const std::string target = "/v1/connections/" + percent_encode(*id) + suffix;
      WL_TRY(const auto reply, demand(admin, admin.call(method, target, {})));
      if (method != "DELETE" || flags->json) {
        show(context, *flags, reply);
        return {};
      }
      const bool revoked = JsonView::parse(reply).flag("revoked");
      context.out << "deleted " << *id
                  << (revoked ? ", revoked at the provider\n"
                              : "; the provider could not be told to revoke it\n");
      return {};
    });
  });
}

}  // namespace

void add_connection(CLI::App& root, Context& context) {
  CLI::App* connection = root.add_subcommand("connection", "See and end what users have granted");
  connection->require_subcommand(1);

  CLI::App* lists = connection->add_subcommand("list", "List connections");
  lists->footer("Example:\n  wayleave connection list --app hbDev --state needs_reauthorization");
  auto flags = add_admin_flags(*lists);
  auto filter = std::make_shared<Filter>();
  lists->add_option("--app", filter->app, "only of this app")->type_name("APP");
  lists->add_option("--user", filter->user, "only of this user")->type_name("USER");
  lists->add_option("--state", filter->state, "only in this state")
      ->type_name("active|refresh_unknown|needs_reauthorization|revoked");
  lists->callback([&context, flags, filter] {
    run_admin(context, *flags, [&](Admin& admin) { return list(context, admin, *flags, *filter); });
  });

  add_single(*connection, context, "show", "Show one connection", "GET", "");
  add_single(*connection, context, "refresh", "Refresh its token now", "POST", "/refresh");
  add_single(*connection, context, "delete", "Revoke and forget it", "DELETE", "");
}

}  // namespace wayleave::app::cli
