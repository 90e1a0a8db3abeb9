#include <CLI/CLI.hpp>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/json_view.hpp"
#include "app/cli/listing.hpp"
#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

struct CreateArgs {
  std::string name;
  std::vector<std::string> scopes{"proxy", "connect", "read"};
  std::int64_t expires_in = 0;
};

Result<> create(Context& context, Admin& admin, const AdminFlags& flags, const CreateArgs& args) {
  api::JsonWriter body;
  body.text("name", args.name).texts("scopes", args.scopes);
  if (args.expires_in > 0) body.number("expiresIn", args.expires_in);
  WL_TRY(const auto reply, demand(admin, admin.call("POST", "/v1/keys", body.str())));
  if (flags.json) {
    context.out << reply << "\n";
    return {};
  }
  const JsonView key = JsonView::parse(reply);
  print_facts(context.out,
              {{"key", key.text("key")},
               {"id", key.text("id")},
               {"name", key.text("name")},
               {"scopes", join(key.texts("scopes"), ", ")},
               {"expires", key.text("expiresAt")}});
  context.err << "Keep the key now: it is stored as a digest and never shown again.\n";
  return {};
}

Result<> list(Context& context, Admin& admin, const AdminFlags& flags) {
  std::vector<std::vector<std::string>> rows;
  WL_TRY(const auto items, list_all(admin, "/v1/keys"));
  if (flags.json) {
    print_list(context, items);
    return {};
  }
  for (const JsonView& key : items) {
    const std::string state = !key.text("revokedAt").empty() ? "revoked" : "live";
    rows.push_back({key.text("id"),
                    key.text("name"),
                    join(key.texts("scopes"), ","),
                    key.text("hint"),
                    state,
                    key.text("createdAt")});
  }
  print_table(context.out, {"ID", "NAME", "SCOPES", "KEY", "STATE", "CREATED"}, rows);
  return {};
}

Result<> revoke(Context& context, Admin& admin, const AdminFlags& flags, const std::string& which) {
  WL_TRY(const auto reply,
         demand(admin, admin.call("DELETE", "/v1/keys/" + percent_encode(which), {})));
  if (flags.json) {
    context.out << reply << "\n";
  } else {
    context.out << "revoked " << JsonView::parse(reply).text("id") << "\n";
  }
  return {};
}

void add_create(CLI::App& key, Context& context) {
  CLI::App* verb = key.add_subcommand("create", "Make a key; it is shown once");
  verb->footer(
      "Scopes: proxy (call providers), connect (make links, disconnect), read (look), manage\n"
      "(apps, keys, audit), tokens:reveal (see raw tokens).\n\n"
      "Example:\n  wayleave key create --name backend --scopes proxy,connect,read");
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<CreateArgs>();
  verb->add_option("--name", args->name, "what the key is for")->required()->type_name("NAME");
  verb->add_option("--scopes", args->scopes, "what it may do (default proxy,connect,read)")
      ->delimiter(',')
      ->type_name("LIST");
  verb->add_option("--expires-in", args->expires_in, "dies after so many seconds (default never)")
      ->type_name("SECONDS");
  verb->callback([&context, flags, args] {
    run_admin(context, *flags, [&](Admin& admin) { return create(context, admin, *flags, *args); });
  });
}

}  // namespace

void add_key(CLI::App& root, Context& context) {
  CLI::App* key = root.add_subcommand("key", "Make, list and revoke API keys");
  key->require_subcommand(1);
  add_create(*key, context);

  CLI::App* lists = key->add_subcommand("list", "List the keys, without the keys themselves");
  lists->footer("Example:\n  wayleave key list");
  auto list_flags = add_admin_flags(*lists);
  lists->callback([&context, list_flags] {
    run_admin(
        context, *list_flags, [&](Admin& admin) { return list(context, admin, *list_flags); });
  });

  CLI::App* revokes = key->add_subcommand("revoke", "Revoke a key at once");
  revokes->footer("Example:\n  wayleave key revoke backend");
  auto flags = add_admin_flags(*revokes);
  auto which = std::make_shared<std::string>();
  revokes->add_option("key", *which, "id, start of an id, or name")->required()->type_name("KEY");
  revokes->callback([&context, flags, which] {
    run_admin(
        context, *flags, [&](Admin& admin) { return revoke(context, admin, *flags, *which); });
  });
}

}  // namespace wayleave::app::cli
