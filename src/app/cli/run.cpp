#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "app/cli/table.hpp"
#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

void build(CLI::App& root, Context& context) {
  root.description("Wayleave: a self-hosted OAuth integration gateway");
  root.footer(
      "Try it without any account:\n  wayleave demo\n\n"
      "Then for real:\n"
      "  wayleave serve --public-url https://connect.acme.io\n"
      "  wayleave app create --slug hbDev --provider hubspot --client-id ID"
      " --client-secret-file F --scopes oauth\n"
      "  wayleave key create --name backend --scopes proxy,connect,read\n"
      "  wayleave link hbDev customer-42\n\n"
      "wayleave VERB --help tells more.");
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string("wayleave ") + WAYLEAVE_VERSION);
  root.set_help_all_flag("--help-all", "help of every verb");
  add_serve(root, context);
  add_demo(root, context);
  add_sandbox(root, context);
  add_key(root, context);
  add_app(root, context);
  add_link(root, context);
  add_member(root, context);
  add_connection(root, context);
  add_call(root, context);
  add_provider(root, context);
  add_requests(root, context);
  add_audit(root, context);
  add_rotate_key(root, context);
  add_backup(root, context);
  add_restore(root, context);
  add_migrate(root, context);
  add_copy(root, context);
  add_doctor(root, context);
  add_completion(root, context);
}

/// Tells which word of the command line is no verb, and which there are; empty when all are.
std::string unknown_verb(const CLI::App& root, int argc, const char* const* argv) {
  const CLI::App* at = &root;
  for (int i = 1; i < argc; ++i) {
    const std::vector<const CLI::App*> verbs =
        at->get_subcommands([](const CLI::App*) { return true; });
    const std::string word = argv[i];
    if (verbs.empty() || word.starts_with('-')) return {};
    const auto found =
        std::ranges::find(verbs, word, [](const CLI::App* verb) { return verb->get_name(); });
    if (found == verbs.end()) {
      std::vector<std::string> names;
      for (const CLI::App* verb : verbs) names.push_back(verb->get_name());
      return fmt::format("no such command '{}'; there are: {}", printable(word), join(names, ", "));
    }
    at = *found;
  }
  return {};
}

/// Names the options that a command does not have. Their values are left out: one may be a secret.
std::string unexpected_arguments(const CLI::App& root) {
  std::vector<std::string> names;
  bool secret = false;
  for (const std::string& word : root.remaining(true)) {
    if (!word.starts_with('-')) continue;
    names.push_back(printable(word.substr(0, word.find('='))));
    secret = secret || names.back().find("secret") != std::string::npos;
  }
  if (names.empty()) return "too many arguments; --help shows which there are";
  std::string text = "no such option: " + join(names, ", ");
  if (secret) text += "; secrets are read from a file: --client-secret-file FILE, or - for input";
  return text;
}

}  // namespace

int run(int argc, const char* const* argv, Context& context) {
  CLI::App root("", "wayleave");
  build(root, context);
  if (const std::string unknown = unknown_verb(root, argc, argv); !unknown.empty()) {
    context.err << "wayleave: " << unknown << "\n";
    return kWrongUsage;
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& shown) {
    return root.exit(shown, context.out, context.err);
  } catch (const CLI::ExtrasError&) {
    context.err << "wayleave: " << unexpected_arguments(root) << "\n";
    return kWrongUsage;
  } catch (const CLI::ParseError& wrong) {
    root.exit(wrong, context.out, context.err);
    return kWrongUsage;
  }
  return context.exit_code;
}

}  // namespace wayleave::app::cli
