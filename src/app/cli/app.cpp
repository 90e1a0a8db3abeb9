#include <CLI/CLI.hpp>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/json_view.hpp"
#include "app/cli/listing.hpp"
#include "app/cli/look.hpp"
#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

struct AppArgs {
  std::string slug;
  std::optional<std::string> provider;
  std::optional<std::string> client_id;
  std::string secret_file;
  std::optional<std::string> app_id;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::vector<std::string>> optional_scopes;
  std::optional<std::vector<std::string>> return_origins;
  std::optional<std::string> browser_binding;
  std::optional<std::string> webhook_url;
  std::vector<std::string> settings;  ///< NAME=VALUE
  LookArgs look;
};

void add_list(CLI::App& verb,
              const char* name,
              std::optional<std::vector<std::string>>& target,
              const char* help) {
  verb.add_option_function<std::vector<std::string>>(
          name, [&target](const std::vector<std::string>& values) { target = values; }, help)
      ->delimiter(',')
      ->type_name("LIST");
}

void add_text(CLI::App& verb,
              const char* name,
              std::optional<std::string>& target,
              const char* type,
              const char* help) {
  verb.add_option_function<std::string>(
          name, [&target](const std::string& value) { target = value; }, help)
      ->type_name(type);
}

void add_app_options(CLI::App& verb, AppArgs& args) {
  add_text(verb, "--client-id", args.client_id, "ID", "client id from the provider");
  verb.add_option("--client-secret-file",
                  args.secret_file,
                  "file with the client secret, - for standard input (or WAYLEAVE_CLIENT_SECRET)")
      ->type_name("FILE");
  add_text(verb, "--app-id", args.app_id, "N", "the provider's number for the app");
  add_list(verb, "--scopes", args.scopes, "scopes to ask for, separated by commas");
  add_list(verb, "--optional-scopes", args.optional_scopes, "scopes a customer may refuse");
  add_list(verb,
           "--return-origins",
           args.return_origins,
           "origins a browser may be sent back to, such as https://app.acme.io");
  add_text(verb,
           "--browser-binding",
           args.browser_binding,
           "required|optional",
           "required: the callback must come from the browser that began");
  add_text(verb, "--webhook-url", args.webhook_url, "URL", "where events of this app are sent");
  verb.add_option("--setting",
                  args.settings,
                  "for provider oauth2: NAME=VALUE with authorize, token, apiBase, revoke,\n"
                  "introspect, issuer, clientAuth, pkce, scopeSeparator, authorizeParams or\n"
                  "accountField (repeatable)")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_look_options(verb, args.look);
}

Result<std::optional<SecretString>> find_secret(Context& context, const AppArgs& args) {
  if (!args.secret_file.empty()) {
    WL_TRY(auto secret, read_secret(context, args.secret_file));
    return secret;
  }
  if (const auto value = context.environment("WAYLEAVE_CLIENT_SECRET"); value && !value->empty()) {
    return SecretString(*value);
  }
  return std::nullopt;
}

Result<std::string> body_of(Context& context, const AppArgs& args, bool with_slug) {
  api::JsonWriter body;
  if (with_slug) body.text("slug", args.slug);
  if (args.provider) body.text("provider", *args.provider);
  if (args.client_id) body.text("clientId", *args.client_id);
  WL_TRY(const auto secret, find_secret(context, args));
  if (secret) secret->expose([&](std::string_view text) { body.text("clientSecret", text); });
  if (args.app_id) body.text("appId", *args.app_id);
  if (args.scopes) body.texts("scopes", *args.scopes);
  if (args.optional_scopes) body.texts("optionalScopes", *args.optional_scopes);
  if (args.return_origins) body.texts("returnOrigins", *args.return_origins);
  if (args.browser_binding) body.text("browserBinding", *args.browser_binding);
  if (args.webhook_url) body.text("webhookUrl", *args.webhook_url);
  if (!args.settings.empty()) {
    std::map<std::string, std::string> settings;
    for (const std::string& setting : args.settings) {
      const auto equals = setting.find('=');
      if (equals == std::string::npos) {
        return reject("setting", "--setting: must be NAME=VALUE, not " + setting);
      }
      settings[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    body.map("settings", settings);
  }
  WL_TRY(const auto look, look_json(args.look));
  if (!look.empty()) body.raw("appearance", look);
  return body.str();
}

void show(Context& context, const AdminFlags& flags, const std::string& reply) {
  if (flags.json) {
    context.out << reply << "\n";
    return;
  }
  const JsonView app = JsonView::parse(reply);
  print_facts(context.out,
              {{"slug", app.text("slug")},
               {"uuid", app.text("uuid")},
               {"provider", app.text("provider")},
               {"client id", app.text("clientId")},
               {"app id", app.text("appId")},
               {"scopes", join(app.texts("scopes"), " ")},
               {"optional scopes", join(app.texts("optionalScopes"), " ")},
               {"return origins", join(app.texts("returnOrigins"), " ")},
               {"browser binding", app.text("browserBinding")},
               {"webhook url", app.text("webhookUrl")},
               {"appearance", look_summary(app)},
               {"redirect url", app.text("redirectUrl")},
               {"created", app.text("createdAt")}});
}

Result<> list(Context& context, Admin& admin, const AdminFlags& flags) {
  WL_TRY(const auto apps, list_all(admin, "/v1/apps"));
  if (flags.json) {
    print_list(context, apps);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const JsonView& app : apps) {
    rows.push_back({app.text("slug"),
                    app.text("provider"),
                    app.text("clientId"),
                    join(app.texts("scopes"), " "),
                    app.text("redirectUrl")});
  }
  print_table(context.out, {"SLUG", "PROVIDER", "CLIENT ID", "SCOPES", "REDIRECT URL"}, rows);
  return {};
}

void add_create(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("create", "Register an app");
  verb->footer(
      "The answer's redirect URL is what has to be entered at the provider.\n\n"
      "Example:\n"
      "  wayleave app create --slug hbDev --provider hubspot --client-id 1234 \\\n"
      "    --client-secret-file secret.txt --scopes oauth,crm.objects.contacts.read");
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<AppArgs>();
  verb->add_option("--slug", args->slug, "short name, as it stands in URLs")
      ->required()
      ->type_name("SLUG");
  add_text(*verb, "--provider", args->provider, "SLUG", "see wayleave provider list");
  verb->get_option("--provider")->required();
  add_app_options(*verb, *args);
  verb->callback([&context, flags, args] {
    run_admin(context, *flags, [&](Admin& admin) -> Result<> {
      WL_TRY(auto body, body_of(context, *args, true));
      WL_TRY(const auto reply, demand(admin, admin.call("POST", "/v1/apps", std::move(body))));
      show(context, *flags, reply);
      return {};
    });
  });
}

void add_update(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("update", "Change an app; what is not given stays");
  verb->footer("Example:\n  wayleave app update hbDev --client-secret-file new-secret.txt");
  auto flags = add_admin_flags(*verb);
  auto args = std::make_shared<AppArgs>();
  verb->add_option("slug", args->slug, "which app")->required()->type_name("SLUG");
  add_app_options(*verb, *args);
  verb->callback([&context, flags, args] {
    run_admin(context, *flags, [&](Admin& admin) -> Result<> {
      WL_TRY(auto body, body_of(context, *args, false));
      const std::string target = "/v1/apps/" + percent_encode(args->slug);
      WL_TRY(const auto reply,
             demand(admin, admin.call("PATCH", target, std::move(body)), args->slug));
      show(context, *flags, reply);
      return {};
    });
  });
}

void add_show(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("show", "Show an app; its secret is never shown");
  verb->footer("Example:\n  wayleave app show hbDev");
  auto flags = add_admin_flags(*verb);
  auto slug = std::make_shared<std::string>();
  verb->add_option("slug", *slug, "which app")->required()->type_name("SLUG");
  verb->callback([&context, flags, slug] {
    run_admin(context, *flags, [&](Admin& admin) -> Result<> {
      WL_TRY(const auto reply,
             demand(admin, admin.call("GET", "/v1/apps/" + percent_encode(*slug), {}), *slug));
      show(context, *flags, reply);
      return {};
    });
  });
}

void add_delete(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("delete", "Remove an app");
  verb->footer(
      "Refused while users are connected, unless --force.\n\n"
      "Example:\n  wayleave app delete hbDev");
  auto flags = add_admin_flags(*verb);
  auto slug = std::make_shared<std::string>();
  auto force = std::make_shared<bool>(false);
  verb->add_option("slug", *slug, "which app")->required()->type_name("SLUG");
  verb->add_flag("--force", *force, "also forget its connections, without revoking them");
  verb->callback([&context, flags, slug, force] {
    run_admin(context, *flags, [&](Admin& admin) -> Result<> {
      const std::string target =
          "/v1/apps/" + percent_encode(*slug) + (*force ? "?force=true" : "");
      WL_CHECK(demand(admin, admin.call("DELETE", target, {}), *slug));
      context.out << (flags->json ? "{}" : "deleted " + *slug) << "\n";
      return {};
    });
  });
}

}  // namespace

void add_app(CLI::App& root, Context& context) {
  CLI::App* app = root.add_subcommand("app", "Register the OAuth apps you have at providers");
  app->require_subcommand(1);
  add_create(*app, context);
  CLI::App* lists = app->add_subcommand("list", "List the apps");
  lists->footer("Example:\n  wayleave app list");
  auto flags = add_admin_flags(*lists);
  lists->callback([&context, flags] {
    run_admin(context, *flags, [&](Admin& admin) { return list(context, admin, *flags); });
  });
  add_show(*app, context);
  add_update(*app, context);
  add_delete(*app, context);
}

}  // namespace wayleave::app::cli
