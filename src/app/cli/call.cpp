#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/json_view.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

struct CallArgs {
  ProviderCall call;
  std::string body_from;
  std::vector<std::string> headers;
  bool include = false;
};

Result<> read_body(Context& context, CallArgs& args) {
  if (args.body_from == "-") {
    args.call.body.assign(std::istreambuf_iterator<char>(context.in), {});
  } else if (args.body_from.starts_with('@')) {
    std::ifstream file(args.body_from.substr(1), std::ios::binary);
    if (!file) return reject("body", "cannot read " + args.body_from.substr(1));
    args.call.body.assign(std::istreambuf_iterator<char>(file), {});
  } else {
    args.call.body = args.body_from;
  }
  for (const std::string& header : args.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos) {
      return reject("header", "--header: must be 'Name: value', not " + header);
    }
    args.call.fields.add(header.substr(0, colon), std::string(trim(header.substr(colon + 1))));
  }
  if (!args.call.body.empty() && !args.call.fields.get("Content-Type")) {
    args.call.fields.add("Content-Type", "application/json");
  }
  return {};
}

void print(Context& context, const AdminFlags& flags, const CallArgs& args, const Reply& reply) {
  const JsonView body = JsonView::parse(reply.body);
  if (flags.json) {
    api::JsonWriter headers;
    for (const auto& [name, value] : reply.fields) headers.text(name, value);
    api::JsonWriter out;
    out.number("status", reply.status).raw("headers", headers.str());
    if (body.valid()) out.raw("body", reply.body);
    if (!body.valid()) out.text("body", reply.body);
    context.out << out.str() << "\n";
    return;
  }
  if (args.include) {
    context.out << "HTTP " << reply.status << " " << net::reason_phrase(reply.status) << "\n";
    for (const auto& [name, value] : reply.fields) context.out << name << ": " << value << "\n";
    context.out << "\n";
  }
  context.out << (body.valid() && context.out_is_terminal ? pretty_json(reply.body) : reply.body);
  if (!reply.body.ends_with('\n')) context.out << "\n";
}

Result<> run_call(Context& context, Admin& admin, const AdminFlags& flags, CallArgs& args) {
  WL_CHECK(read_body(context, args));
  for (char& c : args.call.method) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  WL_TRY(const auto reply, admin.provider_call(args.call));
  if (reply.fields.get("Wayleave-Error")) {
    WL_CHECK(demand(admin, reply, args.call.app));
  }
  print(context, flags, args, reply);
  if (!reply.ok()) {
    context.err << fmt::format(
        "wayleave: the provider answered {} {}\n", reply.status, net::reason_phrase(reply.status));
    context.exit_code = kFailed;
  }
  return {};
}

}  // namespace

void add_call(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("call", "Call a provider's API as one of your users");
  verb->footer(
      "The token is attached and refreshed as the gateway does it.\n\n"
      "Examples:\n"
      "  wayleave call hbDev customer-42 GET /crm/v3/objects/contacts?limit=3\n"
      "  echo '{\"properties\":{\"email\":\"a@b.example\"}}' |\n"
      "    wayleave call hbDev customer-42 POST /crm/v3/objects/contacts --body -");
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<CallArgs>();
  verb->add_option("app", args->call.app, "slug of the app")->required()->type_name("APP");
  verb->add_option("user", args->call.user, "whose token")->required()->type_name("USER");
  verb->add_option("method", args->call.method, "GET, POST, …")->required()->type_name("METHOD");
  verb->add_option("url", args->call.url, "a path, or absolute on one of the provider's hosts")
      ->required()
      ->type_name("URL");
  verb->add_option("--body", args->body_from, "the body; - for standard input, @FILE for a file")
      ->type_name("BODY");
  verb->add_option("-H,--header", args->headers, "further header (repeatable)")
      ->type_name("'NAME: VALUE'")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb->add_flag("-i,--include", args->include, "print status and headers too");
  verb->callback([&context, flags, args] {
    run_admin(
        context, *flags, [&](Admin& admin) { return run_call(context, admin, *flags, *args); });
  });
}

}  // namespace wayleave::app::cli
