#include "app/cli/context.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/cli/json_view.hpp"
#include "app/cli/table.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

constexpr std::size_t kSecretMax = 16 * 1024;

/// The first page of slugs, to help with a name that does not exist.
std::string known_apps(Admin& admin) {
  const auto reply = admin.call("GET", "/v1/apps?limit=50", {});
  if (!reply || !reply->ok()) return {};
  std::vector<std::string> slugs;
  for (const JsonView& app : JsonView::parse(reply->body).list("data")) {
    slugs.push_back(app.text("slug"));
  }
  if (slugs.empty()) return "there are none yet; make one with wayleave app create";
  return "there are: " + join(slugs, ", ");
}

Result<std::unique_ptr<Admin>> open_admin(Context& context,
                                          const AdminFlags& flags,
                                          const Config& config,
                                          Log& log) {
  const auto value = [&](const std::string& flag, const char* variable) {
    return flag.empty() ? context.environment(variable).value_or("") : flag;
  };
  const std::string server = value(flags.server, "WAYLEAVE_SERVER");
  if (server.empty()) return open_local_admin(config, context.environment, log);
  const std::string key = value(flags.key, "WAYLEAVE_KEY");
  if (key.empty()) {
    return reject("key", "--server needs a key: set WAYLEAVE_KEY or give --key");
  }
  return open_remote_admin(server, SecretString(key), config.ca_file);
}

}  // namespace

void add_options(CLI::App& verb, const std::vector<OptionSpec>& specs, OptionValues& values) {
  for (const OptionSpec& spec : specs) {
    CLI::Option* option = verb.add_option_function<std::vector<std::string>>(
        "--" + std::string(spec.name),
        [&values, name = std::string(spec.name)](const std::vector<std::string>& given) {
          values[name] = given;
        },
        std::string(spec.help));
    option->type_name(std::string(spec.value));
    option->expected(1);
    option->group(&specs == &data_options() ? "Data" : "Options");
    if (spec.repeatable) {
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else {
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

std::shared_ptr<AdminFlags> add_admin_flags(CLI::App& verb) {
  auto flags = std::make_shared<AdminFlags>();
  add_options(verb, data_options(), flags->values);
  verb.add_option("--server", flags->server, "work against this server instead of the data folder")
      ->type_name("URL")
      ->group("Server");
  verb.add_option("--key", flags->key, "API key for --server (better: WAYLEAVE_KEY)")
      ->type_name("KEY")
      ->group("Server");
  verb.add_flag("--json", flags->json, "print JSON");
  return flags;
}

void complain(Context& context, const Error& error, int exit_code) {
  std::string text = error.detail;
  if (error.kind == ErrorKind::Internal && !error.operator_detail.empty()) {
    text += ": " + error.operator_detail;
  }
  context.err << "wayleave: " << text << "\n";
  context.exit_code = exit_code;
}

void run_admin(Context& context,
               const AdminFlags& flags,
               const std::function<Result<>(Admin&)>& work) {
  Log log(Log::Level::Error);
  const auto config = settle(flags.values, context.environment);
  if (!config) return complain(context, config.error(), kWrongUsage);
  auto admin = open_admin(context, flags, *config, log);
  if (!admin) return complain(context, admin.error(), kFailed);
  if (const auto done = work(**admin); !done) complain(context, done.error(), kFailed);
}

Result<std::string> demand(Admin& admin, Result<Reply> reply, const std::string& slug) {
  if (!reply) return std::unexpected(std::move(reply).error());
  if (reply->ok()) return std::move(reply->body);
  Error error = refusal(*reply);
  if (error.code == "app_not_found") {
    const std::string known = known_apps(admin);
    if (!slug.empty()) error.detail = "no such app '" + printable(slug) + "'";
    if (!known.empty()) error.detail += "; " + known;
  }
  return std::unexpected(std::move(error));
}

Result<SecretString> read_secret(Context& context, const std::string& path) {
  std::string text;
  if (path == "-") {
    text.assign(std::istreambuf_iterator<char>(context.in), {});
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file) return reject("client-secret-file", "cannot read " + path);
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  std::string_view value = text;
  if (value.ends_with('\n')) value.remove_suffix(1);
  if (value.ends_with('\r')) value.remove_suffix(1);
  if (value.empty() || value.size() > kSecretMax) {
    return reject("client-secret-file", path + " holds no secret");
  }
  SecretString secret(value);
  wipe(text.data(), text.size());
  return secret;
}

}  // namespace wayleave::app::cli
