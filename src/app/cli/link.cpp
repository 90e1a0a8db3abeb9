#include <CLI/CLI.hpp>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/json_view.hpp"
#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"

namespace wayleave::app::cli {
namespace {

struct LinkArgs {
  std::string app;
  std::string user;
  std::vector<std::string> scopes;
  std::string return_url;
  std::int64_t expires_in = 0;
};

Result<> create(Context& context, Admin& admin, const AdminFlags& flags, const LinkArgs& args) {
  api::JsonWriter body;
  body.text("app", args.app).text("user", args.user);
  if (!args.scopes.empty()) body.texts("scopes", args.scopes);
  if (!args.return_url.empty()) body.text("returnUrl", args.return_url);
  if (args.expires_in > 0) body.number("expiresIn", args.expires_in);
  WL_TRY(const auto reply,
         demand(admin, admin.call("POST", "/v1/install-links", body.str()), args.app));
  if (flags.json) {
    context.out << reply << "\n";
    return {};
  }
  const JsonView link = JsonView::parse(reply);
  print_facts(context.out,
              {{"link", link.text("url")},
               {"straight to the provider", link.text("authorizeUrl")},
               {"good until", link.text("expiresAt")}});
  return {};
}

}  // namespace

void add_link(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("link", "Make an install link for one user of one app");
  verb->footer(
      "Send the link to the customer; it can be used once.\n\n"
      "Example:\n  wayleave link hbDev customer-42 --return-url https://app.acme.io/settings");
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<LinkArgs>();
  verb->add_option("app", args->app, "slug of the app")->required()->type_name("APP");
  verb->add_option("user", args->user, "your own id of the customer")
      ->required()
      ->type_name("USER");
  verb->add_option("--scopes", args->scopes, "instead of the app's")
      ->delimiter(',')
      ->type_name("LIST");
  verb->add_option("--return-url", args->return_url, "where the browser goes afterwards")
      ->type_name("URL");
  verb->add_option("--expires-in", args->expires_in, "good for so many seconds (default 7 days)")
      ->type_name("SECONDS");
  verb->callback([&context, flags, args] {
    run_admin(context, *flags, [&](Admin& admin) { return create(context, admin, *flags, *args); });
  });
}

}  // namespace wayleave::app::cli
