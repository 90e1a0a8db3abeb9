// Stores what `script/bench lists` reads: connections of several apps, logged calls of a week and
// an audit trail, the way the product does, with its own code.
//
//   fill_lists --data DIR [--database URL] --connections N --requests N --records N
//
// The same for each run: chance has a fixed seed. The server on this folder must not be running.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "access/audit.hpp"
#include "app/core.hpp"
#include "gateway/request_store.hpp"
#include "vault/refresh/lease.hpp"

namespace wayleave {
namespace {

using namespace std::chrono_literals;

constexpr int kRowsPerTransaction = 5'000;
constexpr unsigned kSeed = 20'261'124;
constexpr std::chrono::days kConnectedWithin{365};
constexpr std::chrono::hours kCalledWithin{24 * 7 - 2};
const WorkspaceId kWorkspace{"default"};

struct Wanted {
  std::string data;
  std::string database;
  int connections = 0;
  int requests = 0;
  int records = 0;
};

struct Known {
  ConnectionId id;
  std::string app;
  std::string user;
};

/// An index by weight.
template <std::size_t n>
std::size_t pick(std::mt19937_64& chance, const std::array<double, n>& weights) {
  std::discrete_distribution<std::size_t> choose(weights.begin(), weights.end());
  return choose(chance);
}

/// A number of seven digits, another one for each, scattered.
std::int64_t user_number(int number) {
  return 1'000'000 + std::int64_t{number} * 48'271 % 8'999'993;
}

constexpr std::array<double, 5> kAppShares = {55, 25, 12, 7, 1};

class Filler {
 public:
  Filler(app::Core& core, const Wanted& wanted) : core_(core), wanted_(wanted) {}

  Result<> fill() {
    WL_CHECK(create_apps());
    WL_CHECK(in_pieces(wanted_.connections,
                       [this](db::Transaction& tx, int number) { return connect(tx, number); }));
    WL_CHECK(log_calls());
    return in_pieces(wanted_.records,
                     [this](db::Transaction& tx, int number) { return record(tx, number); });
  }

 private:
  using Step = std::function<Result<>(db::Transaction&, int)>;
  Result<> in_pieces(int count, const Step& step) {
    for (int first = 0; first < count; first += kRowsPerTransaction) {
      auto work = [&](db::Transaction& tx) -> Result<> {
        for (int i = first; i < std::min(count, first + kRowsPerTransaction); ++i) {
          WL_CHECK(step(tx, i));
        }
        return {};
      };
      WL_CHECK(core_.database().write_blocking(std::move(work)));
    }
    return {};
  }

  Result<> create_apps() {
    return in_pieces(static_cast<int>(kAppShares.size()), [this](db::Transaction& tx, int number) {
      vault::AppDraft draft;
      draft.slug = "crm-" + std::to_string(number);
      draft.provider = "hubspot";
      draft.client_id = "7fff1e36-2d40-4ae1-bbb1-5266d59564f" + std::to_string(number);
      draft.client_secret = SecretString("7fff1e36-2d40-4ae1-bbb1-5266d59564ff");
      auto created = core_.vault().apps().create(
          tx, kWorkspace, std::move(draft), core_.random(), core_.clock().now());
      if (!created) return Result<>(std::unexpected(std::move(created).error()));
      apps_.push_back(*std::move(created));
      return Result<>{};
    });
  }

  Result<> connect(db::Transaction& tx, int number) {
    const vault::App& app = apps_.at(pick(chance_, kAppShares));
    const Instant at =
        now_ - kConnectedWithin + part(kConnectedWithin, number, wanted_.connections);
    vault::Connection connection;
    connection.id = ConnectionId(random_id(core_.random(), "con"));
    connection.workspace = kWorkspace;
    connection.app = app.id;
    // Two kinds of users, so that some beginnings are common and others rare.
    connection.user = (number % 20 == 0 ? "Team-" : "user-") + std::to_string(user_number(number));
    connection.external_account = std::to_string(10'000'000 + chance_() % 80'000'000);
    connection.granted_scopes = {
        "oauth", "crm.objects.contacts.read", "crm.objects.contacts.write"};
    connection.metadata = {{"hub_id", connection.external_account}, {"user_id", "1234567"}};
    vault::TokenUpdate update;
    update.tokens = {SecretString(std::string(220, 'a')), SecretString(std::string(40, 'r'))};
    update.expires_at = now_ + 24h;
    update.life = 1800s;
    WL_TRY(auto stored, core_.vault().connections().put(tx, connection, update, at));
    constexpr std::array<double, 4> shares = {93, 1, 5, 1};
    constexpr std::array states = {vault::State::Active,
                                   vault::State::RefreshUnknown,
                                   vault::State::NeedsReauthorization,
                                   vault::State::Revoked};
    const vault::State state = states.at(pick(chance_, shares));
    if (state != vault::State::Active) {
      WL_TRY(stored, core_.vault().connections().set_state(tx, stored, state, "for_the_bench", at));
    }
    WL_CHECK(vault::set_due(tx, stored.id, now_ + 24h));
    known_.push_back({stored.id, app.slug, stored.user});
    return {};
  }

  Result<> log_calls() {
    std::vector<gateway::DatedRequest> calls;
    return in_pieces(wanted_.requests, [&](db::Transaction& tx, int number) -> Result<> {
      calls.push_back(call(number));
      const bool ends = (number + 1) % kRowsPerTransaction == 0 || number + 1 == wanted_.requests;
      if (!ends && calls.size() < 250) return {};
      auto stored = gateway::store_requests(tx, calls);
      calls.clear();
      return stored;
    });
  }

  gateway::DatedRequest call(int number) {
    constexpr std::array<const char*, 5> methods = {"GET", "POST", "PATCH", "PUT", "DELETE"};
    constexpr std::array<double, 5> method_shares = {70, 20, 6, 3, 1};
    constexpr std::array<std::uint16_t, 6> statuses = {200, 404, 429, 500, 503, 0};
    constexpr std::array<double, 6> status_shares = {94, 3, 1.5, 0.8, 0.5, 0.2};
    // Few connections make most of the calls.
    const double share = std::pow(std::uniform_real_distribution(0.0, 1.0)(chance_), 3);
    const auto& by =
        known_.at(static_cast<std::size_t>(share * static_cast<double>(known_.size() - 1)));
    const std::string id = std::to_string(number);
    gateway::RequestRecord record;
    record.facts.status = statuses.at(pick(chance_, status_shares));
    record.facts.cut = record.facts.status == 0;
    record.facts.duration_ms = static_cast<std::uint32_t>(
        std::min(60'000.0, std::lognormal_distribution(4.5, 0.9)(chance_)));
    record.facts.provider_ms = record.facts.duration_ms;
    record.facts.attempts = 1;
    record.facts.answer_bytes = 2'000 + chance_() % 20'000;
    using Text = gateway::RequestText;
    record[Text::Workspace] = kWorkspace.str();
    record[Text::App] = by.app;
    record[Text::User] = by.user;
    record[Text::Connection] = by.id.str();
    record[Text::Method] = methods.at(pick(chance_, method_shares));
    record[Text::Path] = "/crm/objects/2026-09/contacts";
    record[Text::Code] = record.facts.status == 503 ? "unavailable" : "";
    const std::string request_id = "req_" + id;
    record[Text::RequestId] = request_id;
    return {now_ - kCalledWithin + part(kCalledWithin, number, wanted_.requests),
            gateway::OwnedRequest(record)};
  }

  Result<> record(db::Transaction& tx, int number) {
    constexpr std::array<const char*, 6> actions = {"connection.connected",
                                                    "connection.needs_reauthorization",
                                                    "connection.refresh_asked",
                                                    "token.revealed",
                                                    "app.updated",
                                                    "key.created"};
    constexpr std::array<double, 6> shares = {60, 20, 10, 7, 2, 1};
    const std::size_t action = pick(chance_, shares);
    access::AuditRecord record;
    record.at = now_ - kConnectedWithin + part(kConnectedWithin, number, wanted_.records);
    record.workspace = kWorkspace;
    record.actor.kind = action == 0 ? "browser" : action == 1 ? "system" : "key";
    if (record.actor.kind == "key") record.actor.id = "key_" + std::to_string(chance_() % 20);
    record.action = actions.at(action);
    record.target = action < 4 ? known_.at(chance_() % known_.size()).id.str()
                               : apps_.at(chance_() % apps_.size()).id.str();
    record.detail = R"({"reason":"for the bench"})";
    return access::append_audit(tx, record);
  }

  /// The share of a time that `number` of `count` is at.
  static Millis part(Millis time, int number, int count) { return time * number / count; }

  app::Core& core_;
  const Wanted& wanted_;
  const Instant now_ = core_.clock().now();
  std::mt19937_64 chance_{kSeed};
  std::vector<vault::App> apps_;
  std::vector<Known> known_;
};

Result<> fill(const Wanted& wanted) {
  Log log(Log::Level::Warn);
  app::Config config;
  config.data = wanted.data;
  config.database =
      wanted.database.empty() ? "sqlite:" + wanted.data + "/wayleave.db" : wanted.database;
  const app::Environment nothing = [](const std::string&) { return std::nullopt; };
  WL_TRY(const auto core, app::Core::open(config, nothing, {}, log));
  return Filler(*core, wanted).fill();
}

}  // namespace
}  // namespace wayleave

int main(int argc, char** argv) {
  wayleave::Wanted wanted;
  CLI::App options("Stores connections, calls and audit records for a bench.");
  options.add_option("--data", wanted.data)->required();
  options.add_option("--database", wanted.database);
  options.add_option("--connections", wanted.connections)
      ->required()
      ->check(CLI::Range(1, 9'999'999));
  options.add_option("--requests", wanted.requests)->required()->check(CLI::Range(0, 9'999'999));
  options.add_option("--records", wanted.records)->required()->check(CLI::Range(0, 9'999'999));
  CLI11_PARSE(options, argc, argv);
  const auto filled = wayleave::fill(wanted);
  if (filled) return 0;
  std::cerr << "fill_lists: " << filled.error().detail << " " << filled.error().operator_detail
            << "\n";
  return 1;
}
