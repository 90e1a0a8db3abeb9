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
  std::vector<std::string> addresses;
  std::int64_t expires_in = 0;
};

void print_new_key(Context& context, const JsonView& key) {
  print_facts(context.out,
              {{"key", key.text("key")},
               {"id", key.text("id")},
               {"name", key.text("name")},
               {"scopes", join(key.texts("scopes"), ", ")},
               {"allowed addresses", join(key.texts("allowedAddresses"), ", ")},
               {"expires", key.text("expiresAt")}});
  context.err << "Keep the key now: it is stored as a digest and never shown again.\n";
}

Result<> create(Context& context, Admin& admin, const AdminFlags& flags, const CreateArgs& args) {
  api::JsonWriter body;
  body.text("name", args.name).texts("scopes", args.scopes);
  if (!args.addresses.empty()) body.texts("allowedAddresses", args.addresses);
  if (args.expires_in > 0) body.number("expiresIn", args.expires_in);
  WL_TRY(const auto reply, demand(admin, admin.call("POST", "/v1/keys", body.str())));
  if (flags.json) {
    context.out << reply << "\n";
    return {};
  }
  print_new_key(context, JsonView::parse(reply));
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
                    join(key.texts("allowedAddresses"), ","),
                    key.text("createdAt"),
                    key.text("lastUsedAt")});
  }
  print_table(
      context.out, {"ID", "NAME", "SCOPES", "KEY", "STATE", "FROM", "CREATED", "LAST USED"}, rows);
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

struct UpdateArgs {
  std::string key;
  std::string name;
  std::vector<std::string> addresses;
  bool any_address = false;
  std::string expires_at;
  bool never_expires = false;
};

Result<> update(Context& context, Admin& admin, const AdminFlags& flags, const UpdateArgs& args) {
  api::JsonWriter body;
  if (!args.name.empty()) body.text("name", args.name);
  if (!args.addresses.empty() || args.any_address) body.texts("allowedAddresses", args.addresses);
  if (!args.expires_at.empty()) body.text("expiresAt", args.expires_at);
  if (args.never_expires) body.raw("expiresAt", "null");
  WL_TRY(const auto reply,
         demand(admin, admin.call("PATCH", "/v1/keys/" + percent_encode(args.key), body.str())));
  if (flags.json) {
    context.out << reply << "\n";
  } else {
    context.out << "updated " << JsonView::parse(reply).text("id") << "\n";
  }
  return {};
}

struct RotateArgs {
  std::string key;
  std::int64_t overlap = 0;
};

Result<> rotate(Context& context, Admin& admin, const AdminFlags& flags, const RotateArgs& args) {
  api::JsonWriter body;
  body.number("overlapSeconds", args.overlap);
  WL_TRY(
      const auto reply,
      demand(admin,
             admin.call("POST", "/v1/keys/" + percent_encode(args.key) + "/rotate", body.str())));
  if (flags.json) {
    context.out << reply << "\n";
    return {};
  }
  const JsonView made = JsonView::parse(reply);
  print_new_key(context, made);
  const std::string until = made.member("old").text("expiresAt");
  context.err << (args.overlap > 0 ? "The old key stays valid until " + until + ".\n"
                                   : std::string("The old key is revoked.\n"));
  return {};
}

void add_update(CLI::App& key, Context& context) {
  CLI::App* verb = key.add_subcommand("update", "Change a key's name, addresses or expiry");
  verb->footer("Example:\n  wayleave key update backend --allow-address 10.0.0.0/8");
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<UpdateArgs>();
  verb->add_option("key", args->key, "id, start of an id, or name")->required()->type_name("KEY");
  verb->add_option("--name", args->name, "another name")->type_name("NAME");
  auto* addresses = verb->add_option("--allow-address",
                                     args->addresses,
                                     "only usable from there; replaces those before (repeatable)")
                        ->type_name("NETWORK");
  verb->add_flag("--any-address", args->any_address, "usable from everywhere again")
      ->excludes(addresses);
  auto* expires =
      verb->add_option("--expires-at", args->expires_at, "dies then")->type_name("TIME");
  verb->add_flag("--never-expires", args->never_expires, "does not die by itself")
      ->excludes(expires);
  verb->callback([&context, flags, args] {
    run_admin(context, *flags, [&](Admin& admin) { return update(context, admin, *flags, *args); });
  });
}

void add_rotate(CLI::App& key, Context& context) {
  CLI::App* verb = key.add_subcommand("rotate", "Make a new key in the place of an old one");
  verb->footer("Example:\n  wayleave key rotate backend --overlap 86400");
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<RotateArgs>();
  verb->add_option("key", args->key, "id, start of an id, or name")->required()->type_name("KEY");
  verb->add_option("--overlap", args->overlap, "the old one stays valid so long (default 0)")
      ->check(CLI::Range(0, 90 * 24 * 3600))
      ->type_name("SECONDS");
  verb->callback([&context, flags, args] {
    run_admin(context, *flags, [&](Admin& admin) { return rotate(context, admin, *flags, *args); });
  });
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
  verb->add_option("--allow-address",
                   args->addresses,
                   "only usable from there (repeatable; default anywhere)")
      ->type_name("NETWORK");
  verb->add_option("--expires-in", args->expires_in, "dies after so many seconds (default never)")
      ->type_name("SECONDS");
  verb->callback([&context, flags, args] {
    run_admin(context, *flags, [&](Admin& admin) { return create(context, admin, *flags, *args); });
  });
}

}  // namespace

void add_key(CLI::App& root, Context& context) {
  CLI::App* key = root.add_subcommand("key", "Make, list, change and revoke API keys");
  key->require_subcommand(1);
  add_create(*key, context);
  add_update(*key, context);
  add_rotate(*key, context);

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
