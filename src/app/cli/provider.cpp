#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/json_view.hpp"
#include "app/cli/listing.hpp"
#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"
#include "provider/catalogue.hpp"

namespace wayleave::app::cli {
namespace {

Result<> list(Context& context, Admin& admin, const AdminFlags& flags) {
  WL_TRY(const auto providers, list_all(admin, "/v1/providers"));
  if (flags.json) {
    print_list(context, providers);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const JsonView& item : providers) {
    const std::string usable = item.flag("usable") ? "yes" : item.text("unusableReason");
    rows.push_back({item.text("slug"),
                    item.text("name"),
                    item.member("auth").text("kind"),
                    item.text("category"),
                    usable});
  }
  print_table(context.out, {"SLUG", "NAME", "AUTH", "CATEGORY", "USABLE"}, rows);
  return {};
}

Result<> show(Context& context, Admin& admin, const AdminFlags& flags, const std::string& slug) {
  WL_TRY(const auto reply,
         demand(admin, admin.call("GET", "/v1/providers/" + percent_encode(slug), {})));
  if (flags.json) {
    context.out << reply << "\n";
    return {};
  }
  const JsonView item = JsonView::parse(reply);
  const JsonView auth = item.member("auth");
  print_facts(context.out,
              {{"slug", item.text("slug")},
               {"name", item.text("name")},
               {"category", item.text("category")},
               {"docs", item.text("docs")},
               {"auth", auth.text("kind")},
               {"authorize", auth.text("authorize")},
               {"token", auth.text("token")},
               {"pkce", auth.text("pkce")},
               {"not usable", item.text("unusableReason")}});
  std::vector<std::vector<std::string>> hosts;
  for (const JsonView& host : item.list("hosts")) {
    hosts.push_back({host.text("name"), host.text("baseUrl")});
  }
  context.out << "\n";
  print_table(context.out, {"HOST", "BASE URL"}, hosts);
  std::vector<std::vector<std::string>> scopes;
  for (const JsonView& scope : item.list("scopes")) {
    scopes.push_back({scope.text("name"), scope.text("grants")});
  }
  if (scopes.empty()) return {};
  context.out << "\n";
  print_table(context.out, {"SCOPE", "GRANTS"}, scopes);
  return {};
}

/// Loads the file together with the built-in ones, since it may extend them.
Result<std::string> check(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return reject("file", "cannot read " + path);
  provider::Source source;
  source.name = std::filesystem::path(path).filename().string();
  source.text.assign(std::istreambuf_iterator<char>(file), {});
  std::vector<provider::Source> sources = provider::Catalogue::embedded();
  std::erase_if(sources, [&](const auto& built_in) { return built_in.name == source.name; });
  sources.push_back(source);
  WL_TRY(const auto catalogue, provider::Catalogue::load(sources, {}));
  const std::string slug = std::filesystem::path(path).stem().string();
  if (catalogue.find(slug) == nullptr) {
    return reject("file", source.name + " defines no provider '" + slug + "'");
  }
  return slug;
}

void add_check(CLI::App& provider, Context& context) {
  CLI::App* verb = provider.add_subcommand("check", "Check a provider file");
  verb->footer("Example:\n  wayleave provider check providers/acme.yaml");
  auto path = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  verb->add_option("file", *path, "the YAML file")->required()->type_name("FILE");
  verb->add_flag("--json", *json, "print JSON");
  verb->callback([&context, path, json] {
    const auto slug = check(*path);
    if (!slug) return complain(context, slug.error(), kFailed);
    if (*json) {
      api::JsonWriter out;
      context.out << out.boolean("valid", true).text("slug", *slug).str() << "\n";
    } else {
      context.out << "provider " << *slug << " is fine\n";
    }
  });
}

}  // namespace

void add_provider(CLI::App& root, Context& context) {
  CLI::App* provider = root.add_subcommand("provider", "See the providers and check your own");
  provider->require_subcommand(1);

  CLI::App* lists = provider->add_subcommand("list", "List the providers");
  lists->footer("Example:\n  wayleave provider list");
  auto list_flags = add_admin_flags(*lists);
  lists->callback([&context, list_flags] {
    run_admin(
        context, *list_flags, [&](Admin& admin) { return list(context, admin, *list_flags); });
  });

  CLI::App* shows = provider->add_subcommand("show", "Show a provider: hosts, scopes, endpoints");
  shows->footer("Example:\n  wayleave provider show hubspot");
  auto flags = add_admin_flags(*shows);
  auto slug = std::make_shared<std::string>();
  shows->add_option("slug", *slug, "which provider")->required()->type_name("SLUG");
  shows->callback([&context, flags, slug] {
    run_admin(context, *flags, [&](Admin& admin) { return show(context, admin, *flags, *slug); });
  });

  add_check(*provider, context);
}

}  // namespace wayleave::app::cli
