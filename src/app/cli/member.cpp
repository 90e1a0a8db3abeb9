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

struct Args {
  std::string who;  ///< id or e-mail address
  std::string email;
  std::string name;
  std::string role;
  bool disable = false;
  bool enable = false;
};
using SharedArgs = std::shared_ptr<Args>;

/// Members are few: an address is looked for among all of them.
Result<std::string> id_of(Admin& admin, const std::string& who) {
  if (who.find('@') == std::string::npos) return who;
  WL_TRY(const auto members, list_all(admin, "/v1/members"));
  for (const JsonView& member : members) {
    if (iequals(member.text("email"), who)) return member.text("id");
  }
  return fail(ErrorKind::NotFound, "not_found", "no member has the address " + who);
}

Result<std::string> target_of(Admin& admin, const std::string& who) {
  WL_TRY(const auto id, id_of(admin, who));
  return "/v1/members/" + percent_encode(id);
}

void print_invitation(Context& context, const AdminFlags& flags, const std::string& reply) {
  if (flags.json) {
    context.out << reply << "\n";
    return;
  }
  const JsonView member = JsonView::parse(reply);
  print_facts(context.out,
              {{"id", member.text("id")},
               {"email", member.text("email")},
               {"role", member.text("role")},
               {"link", member.text("invitationUrl")},
               {"expires", member.text("invitationExpiresAt")}});
  context.err << "Send the link to them and nobody else: whoever opens it first is this member.\n";
}

void print_member(Context& context, const AdminFlags& flags, const std::string& reply) {
  if (flags.json) {
    context.out << reply << "\n";
    return;
  }
  const JsonView member = JsonView::parse(reply);
  print_facts(context.out,
              {{"id", member.text("id")},
               {"email", member.text("email")},
               {"name", member.text("name")},
               {"role", member.text("role")},
               {"state", member.text("state")}});
}

Result<> create(Context& context, Admin& admin, const AdminFlags& flags, const Args& args) {
  api::JsonWriter body;
  body.text("email", args.email).text("role", args.role);
  if (!args.name.empty()) body.text("name", args.name);
  WL_TRY(const auto reply, demand(admin, admin.call("POST", "/v1/members", body.str())));
  print_invitation(context, flags, reply);
  return {};
}

Result<> invite(Context& context, Admin& admin, const AdminFlags& flags, const Args& args) {
  WL_TRY(const auto target, target_of(admin, args.who));
  WL_TRY(const auto reply, demand(admin, admin.call("POST", target + "/invitation", {})));
  print_invitation(context, flags, reply);
  return {};
}

Result<> update(Context& context, Admin& admin, const AdminFlags& flags, const Args& args) {
  api::JsonWriter body;
  if (!args.role.empty()) body.text("role", args.role);
  if (!args.name.empty()) body.text("name", args.name);
  if (args.disable || args.enable) body.boolean("disabled", args.disable);
  WL_TRY(const auto target, target_of(admin, args.who));
  WL_TRY(const auto reply, demand(admin, admin.call("PATCH", target, body.str())));
  print_member(context, flags, reply);
  return {};
}

Result<> remove(Context& context, Admin& admin, const AdminFlags& flags, const Args& args) {
  WL_TRY(const auto target, target_of(admin, args.who));
  WL_CHECK(demand(admin, admin.call("DELETE", target, {})));
  if (!flags.json) context.out << "deleted " << args.who << "\n";
  return {};
}

Result<> list(Context& context, Admin& admin, const AdminFlags& flags, const Args&) {
  WL_TRY(const auto items, list_all(admin, "/v1/members"));
  if (flags.json) {
    print_list(context, items);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const JsonView& member : items) {
    rows.push_back({member.text("id"),
                    member.text("email"),
                    member.text("name"),
                    member.text("role"),
                    member.text("state"),
                    member.text("lastSignInAt")});
  }
  print_table(context.out, {"ID", "EMAIL", "NAME", "ROLE", "STATE", "LAST SIGN-IN"}, rows);
  return {};
}

using Work = Result<> (*)(Context&, Admin&, const AdminFlags&, const Args&);

SharedArgs add_verb(CLI::App& parent,
                    Context& context,
                    const std::string& name,
                    const std::string& help,
                    const std::string& footer,
                    Work work,
                    CLI::App*& verb) {
  verb = parent.add_subcommand(name, help);
  verb->footer(footer);
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<Args>();
  verb->callback([&context, flags, args, work] {
    run_admin(context, *flags, [&](Admin& admin) { return work(context, admin, *flags, *args); });
  });
  return args;
}

void add_who(CLI::App& verb, Args& args) {
  verb.add_option("member", args.who, "id or e-mail address")->required()->type_name("MEMBER");
}

}  // namespace

void add_member(CLI::App& root, Context& context) {
  CLI::App* member = root.add_subcommand("member", "Invite, list and change people of the console");
  member->require_subcommand(1);
  CLI::App* verb = nullptr;

  auto args =
      add_verb(*member,
               context,
               "create",
               "Invite somebody; prints the link to send",
               "Roles: viewer (look), developer (also connect and call), admin (also manage),\n"
               "super_admin (also see raw tokens).\n\n"
               "Example:\n  wayleave member create --email ann@acme.example --role admin",
               create,
               verb);
  verb->add_option("--email", args->email, "their address")->required()->type_name("ADDRESS");
  verb->add_option("--role", args->role, "what they may do")->required()->type_name("ROLE");
  verb->add_option("--name", args->name, "what they are called")->type_name("NAME");

  add_verb(
      *member, context, "list", "List the members", "Example:\n  wayleave member list", list, verb);

  args = add_verb(*member,
                  context,
                  "update",
                  "Change role or name, disable or enable; in force at once",
                  "Example:\n  wayleave member update ann@acme.example --role viewer",
                  update,
                  verb);
  add_who(*verb, *args);
  verb->add_option("--role", args->role, "another role")->type_name("ROLE");
  verb->add_option("--name", args->name, "another name")->type_name("NAME");
  auto* disable = verb->add_flag("--disable", args->disable, "sign out and keep out");
  verb->add_flag("--enable", args->enable, "let in again")->excludes(disable);

  args = add_verb(*member,
                  context,
                  "delete",
                  "Remove somebody; they are signed out",
                  "Example:\n  wayleave member delete ann@acme.example",
                  remove,
                  verb);
  add_who(*verb, *args);

  args = add_verb(*member,
                  context,
                  "invite",
                  "Make a new link: for somebody invited, or to set a password anew",
                  "Example:\n  wayleave member invite ann@acme.example",
                  invite,
                  verb);
  add_who(*verb, *args);
}

}  // namespace wayleave::app::cli
