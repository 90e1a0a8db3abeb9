#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "net/client.hpp"
#include "vault/refresh/lease.hpp"
#include "vault/test_flaky_database.hpp"
#include "vault/test_store.hpp"
#include "vault/waiting.hpp"

namespace wayleave::vault {

using NetAnswer = std::expected<net::Incoming, net::CallError>;

inline NetAnswer answer(int status,
                        std::string body,
                        std::string type = "application/json",
                        std::string retry_after = {}) {
  net::Incoming incoming;
  incoming.status = status;
  incoming.fields.add("Content-Type", std::move(type));
  if (!retry_after.empty()) incoming.fields.add("Retry-After", std::move(retry_after));
  incoming.body = std::move(body);
  return incoming;
}
inline NetAnswer no_answer(net::Reached reached) {
  net::CallError failed;
  failed.error = Error{ErrorKind::Retry, "upstream_unreachable", "cut"};
  failed.reached = reached;
  return std::unexpected(std::move(failed));
}
/// `expires_in` below 0: none.
inline NetAnswer tokens_answer(const std::string& access,
                               const std::string& refresh,
                               int expires_in = 1800) {
  std::string body = R"({"token_type":"bearer","access_token":")" + access + "\"";
  if (!refresh.empty()) body += R"(,"refresh_token":")" + refresh + "\"";
  if (expires_in >= 0) body += R"(,"expires_in":)" + std::to_string(expires_in);
  return answer(200, body + "}");
}
inline NetAnswer oauth_error(const std::string& code, int status = 400) {
  return answer(status, R"({"error":")" + code + R"("})");
}

/// A network that answers from a function and remembers what it was asked. Any thread.
class FakeNet final : public net::Client {
 public:
  using Script = std::function<NetAnswer(const net::Outgoing&)>;

  Task<NetAnswer> call(net::Outgoing outgoing) override {
    std::optional<Event> held;
    Script script;
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(outgoing);
      held = held_;
    }
    arrived_.set();
    if (held) co_await held->wait();
    {
      const std::lock_guard lock(mutex_);
      script = script_;
    }
    co_return script(outgoing);
  }

  void answer_with(Script script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }
  void answer_with(NetAnswer fixed) {
    answer_with([fixed](const net::Outgoing&) { return fixed; });
  }
  /// Calls wait until the event is set.
  Event hold() {
    const std::lock_guard lock(mutex_);
    held_.emplace();
    return *held_;
  }
  /// Set once the first call came.
  [[nodiscard]] Event arrived() const { return arrived_; }
  [[nodiscard]] std::vector<net::Outgoing> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  [[nodiscard]] std::size_t count() const { return calls().size(); }
  /// A form field of the n-th call.
  [[nodiscard]] std::string field(std::size_t index, std::string_view name) const {
    const auto form = parse_form(calls().at(index).body).value_or(FormFields{});
    for (const auto& [key, value] : form) {
      if (key == name) return value;
    }
    return {};
  }

 private:
  mutable std::mutex mutex_;
  Script script_;
  std::optional<Event> held_;
  Event arrived_;
  std::vector<net::Outgoing> calls_;
};

inline constexpr std::string_view kSteadyYaml = R"(name: Steady
category: crm
docs: https://steady.example/docs
auth:
  kind: oauth2
  authorize: https://steady.example/authorize
  token: https://steady.example/token
  revoke: https://steady.example/revoke
  refresh: {rotates: false}
  token_fields: [hub_id, region]
  account_field: hub_id
hosts:
  default: https://api.steady.example
)";
inline constexpr std::string_view kRotatingYaml = R"(name: Rotating
category: crm
docs: https://rotating.example/docs
auth:
  kind: oauth2
  authorize: https://rotating.example/authorize
  token: https://rotating.example/token
  refresh: {rotates: true, grace: 30s}
  lookup: {url: "https://rotating.example/me", field: account}
hosts:
  default: https://api.rotating.example
)";

/// A vault with two apps over a network that tests play: `steady` keeps its refresh tokens and can
/// revoke, `rotating` spends them and tells the account by look-up.
class VaultTest : public testing::Test {
 protected:
  VaultTest() {
    steady_ = create_app("steady");
    rotating_ = create_app("rotating");
  }
  ~VaultTest() override { pool_.join(); }

  static provider::Catalogue load_catalogue() {
    auto sources = provider::Catalogue::embedded();
    sources.push_back({"steady.yaml", std::string(kSteadyYaml)});
    sources.push_back({"rotating.yaml", std::string(kRotatingYaml)});
    return must(provider::Catalogue::load(sources, {}));
  }
  App create_app(const std::string& provider) {
    return must(store_.write([&](db::Transaction& tx) {
      AppDraft draft;
      draft.slug = provider;
      draft.provider = provider;
      draft.client_id = "client-of-" + provider;
      draft.client_secret = secret("canary-client-secret");
      return vault_.apps().create(tx, home_, std::move(draft), store_.random, store_.clock.now());
    }));
  }

  /// Runs a coroutine on the pool to its end.
  template <class T>
  T run(Task<T> task) {
    return begin(std::move(task)).get();
  }
  template <class T>
  std::future<T> begin(Task<T> task) {
    return boost::asio::co_spawn(pool_, std::move(task), boost::asio::use_future);
  }

  Grant grant(const App& app,
              const std::string& user,
              const std::string& access,
              const std::string& refresh,
              std::optional<std::chrono::seconds> life = std::chrono::minutes(30)) {
    Grant made;
    made.app = app;
    made.user = user;
    made.tokens.access_token = secret(access);
    made.tokens.refresh_token = secret(refresh);
    made.tokens.expires_in = life;
    made.requested_scopes = {"oauth", "contacts"};
    made.requested_at = store_.clock.now();
    return made;
  }
  Result<Connection> keep(const Grant& made) {
    return store_.write(
        [&](db::Transaction& tx) { return vault_.store(tx, made, store_.clock.now()); });
  }
  Connection connect(const App& app,
                     const std::string& user = "ann",
                     std::optional<std::chrono::seconds> life = std::chrono::minutes(30)) {
    return must(keep(grant(app, user, "access-0", "refresh-0", life)));
  }
  Result<Credential> credential(const App& app, const std::string& user = "ann") {
    return run(vault_.credential(app.id, user));
  }
  Connection stored(const App& app, const std::string& user = "ann") {
    return must(store_.write([&](db::Transaction& tx) {
             return vault_.connections().find(tx, app.id, user);
           }))
        .value();
  }
  /// Access and refresh token as they are in the database.
  std::pair<std::string, std::string> stored_tokens(const App& app,
                                                    const std::string& user = "ann") {
    const auto tokens = must(store_.write([&](db::Transaction& tx) -> Result<Tokens> {
      WL_TRY(const auto found, vault_.connections().find(tx, app.id, user));
      return vault_.connections().tokens(tx, *found);
    }));
    return {shown(tokens.access_token), shown(tokens.refresh_token)};
  }
  std::vector<std::string> audited() {
    std::vector<std::string> actions;
    for (const auto& row : store_.rows("SELECT action FROM audit ORDER BY sequence")) {
      actions.push_back(row[0].text());
    }
    return actions;
  }
  /// As a process leaves it that was killed while it asked the provider.
  void leave_intent(const ConnectionId& id, const std::string& owner, std::string fingerprint) {
    store_.sql(
        "UPDATE refresh_work SET owner = $2, fingerprint = $3, started_at = 0 "
        "WHERE connection = $1",
        {id, owner, db::Blob{std::move(fingerprint)}});
  }
  static std::string owner_that_ended(const std::string& place = "here") {
    std::string name = process_name();
    name.replace(name.rfind('/') + 1, std::string::npos, "1");
    return name + " " + place + " own_1";
  }
  void expire() { store_.clock.advance(std::chrono::hours(1)); }

  /// A vault over the same data; `place` tells whose heir it is.
  Vault::Parts parts(db::Database& database, std::string_view place, const Journal& journal) {
    return {database,
            store_.keys,
            catalogue_,
            net_,
            store_.clock,
            store_.random,
            log_,
            journal,
            lease_owner(store_.random, place),
            true,
            kUnhurried};
  }

  template <class T>
  static std::string code_of(const Result<T>& result) {
    return result ? "no error" : result.error().code;
  }

  static constexpr unsigned kUnhurried = 100'000'000;  // the test clock stands still
  const WorkspaceId home_{"default"};
  boost::asio::thread_pool pool_{4};  // outlives the database, whose threads post to it
  TestStore store_;
  const provider::Catalogue catalogue_ = load_catalogue();
  FakeNet net_;
  Log log_{Log::Level::Off};
  const Journal journal_{{store_.dir.path() / "emergency"}, store_.keys};
  FlakyDatabase database_{*store_.database};
  Vault vault_{parts(database_, "here", journal_)};
  App steady_;
  App rotating_;
};

}  // namespace wayleave::vault
