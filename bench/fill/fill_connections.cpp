// Stores many connections the way the product does, one sealed row each, for benches. They hold the
// tokens of a connection that exists, so that the provider's simulator knows them.
//
//   fill_connections --data DIR --app SLUG --like USER --prefix TEXT --count N
//                    --expires-in SECONDS --life SECONDS [--due-within SECONDS]
//
// With --due-within the scheduler takes them up, evenly over that time from now on; else never.
// The users are PREFIX0000000 and on. The server on this folder must not be running.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "app/core.hpp"
#include "vault/refresh/lease.hpp"

namespace wayleave {
namespace {

constexpr int kRowsPerTransaction = 10'000;

struct Wanted {
  std::string data;
  std::string app;
  std::string like;
  std::string prefix;
  int count = 0;
  std::int64_t expires_in = 0;
  std::int64_t life = 0;
  std::optional<std::int64_t> due_within;
};

SecretString copy(const SecretString& secret) {
  return secret.expose([](std::string_view text) { return SecretString(text); });
}

/// The pattern of all the rows: a connection and its tokens.
struct Model {
  vault::Connection connection;
  vault::Tokens tokens;
};

Result<Model> find_model(db::Transaction& tx, const vault::Vault& vault, const Wanted& wanted) {
  WL_TRY(const auto app, vault.apps().find(tx, WorkspaceId("default"), wanted.app));
  WL_TRY(auto found, vault.connections().find(tx, app.id, wanted.like));
  if (!found) return reject("--like", "there is no connection of this user");
  Model model;
  WL_TRY(model.tokens, vault.connections().tokens(tx, *found));
  model.connection = *std::move(found);
  return model;
}

std::string user_name(const std::string& prefix, int number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 7 - std::min<std::size_t>(7, digits.size()), '0');
  return prefix + digits;
}

/// New ids in ascending order: with rows in the order of every index no page of the file is visited
/// twice, which makes a million rows a matter of a minute.
std::vector<std::string> make_ids(Random& random, int count) {
  std::vector<std::string> ids;
  ids.reserve(static_cast<std::size_t>(count));
  for (int made = 0; made < count; ++made) ids.push_back(random_id(random, "con"));
  std::ranges::sort(ids);
  return ids;
}

/// Scatters numbers that follow each other over 0 to 9,999.
unsigned mixed(int number) {
  return static_cast<unsigned>(number) * 2'654'435'761U / 65'536U % 10'000U;
}

Result<> store_some(db::Transaction& tx,
                    app::Core& core,
                    const Wanted& wanted,
                    const Model& model,
                    const std::vector<std::string>& ids,
                    int first) {
  const Instant now = core.clock().now();
  const int end = std::min(wanted.count, first + kRowsPerTransaction);
  for (int number = first; number < end; ++number) {
    vault::Connection connection = model.connection;
    connection.id = ConnectionId(ids[static_cast<std::size_t>(number)]);
    connection.user = user_name(wanted.prefix, number);
    vault::TokenUpdate update;
    update.tokens = {copy(model.tokens.access_token), copy(model.tokens.refresh_token)};
    update.expires_at = now + std::chrono::seconds(wanted.expires_in);
    update.life = std::chrono::seconds(wanted.life);
    WL_TRY(const auto stored,
           core.vault().connections().put(tx, std::move(connection), update, now));
    if (!wanted.due_within) continue;
    const auto share = static_cast<std::int64_t>(mixed(number)) * *wanted.due_within;
    WL_CHECK(vault::set_due(tx, stored.id, now + Millis{share * 1'000 / 10'000}));
  }
  return {};
}

Result<> fill(const Wanted& wanted) {
  Log log(Log::Level::Warn);
  app::Config config;
  config.data = wanted.data;
  config.database = "sqlite:" + wanted.data + "/wayleave.db";
  const app::Environment nothing = [](const std::string&) { return std::nullopt; };
  WL_TRY(const auto core, app::Core::open(config, nothing, {}, log));
  auto look_up = [&](db::Transaction& tx) { return find_model(tx, core->vault(), wanted); };
  WL_TRY(const auto model, core->database().read_blocking(std::move(look_up)));
  const auto ids = make_ids(core->random(), wanted.count);
  for (int first = 0; first < wanted.count; first += kRowsPerTransaction) {
    auto store = [&](db::Transaction& tx) {
      return store_some(tx, *core, wanted, model, ids, first);
    };
    WL_CHECK(core->database().write_blocking(std::move(store)));
  }
  return {};
}

}  // namespace
}  // namespace wayleave

int main(int argc, char** argv) {
  wayleave::Wanted wanted;
  CLI::App options("Stores many connections for a bench.");
  options.add_option("--data", wanted.data)->required();
  options.add_option("--app", wanted.app)->required();
  options.add_option("--like", wanted.like)->required();
  options.add_option("--prefix", wanted.prefix)->required();
  options.add_option("--count", wanted.count)->required()->check(CLI::Range(1, 9'999'999));
  options.add_option("--expires-in", wanted.expires_in)->required();
  options.add_option("--life", wanted.life)->required();
  options.add_option("--due-within", wanted.due_within);
  CLI11_PARSE(options, argc, argv);
  const auto filled = wayleave::fill(wanted);
  if (filled) return 0;
  std::cerr << "fill_connections: " << filled.error().detail << "\n";
  return 1;
}
