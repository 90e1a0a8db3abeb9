#include "connect/installer_rig.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "access/api_key.hpp"
#include "db/temporary_database.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::connect {
namespace {

constexpr std::string_view kAcme = R"(name: Acme
category: crm
docs: https://acme.example/docs
auth:
  kind: oauth2
  authorize: https://login.acme.example/authorize
  token: https://login.acme.example/token
  issuer: https://login.acme.example
  pkce: required
  token_fields: [account]
  callback_fields: [region]
  account_field: account
hosts:
  default: https://api.acme.example
scopes:
  - {name: things.read, title: Read things, grants: See your things}
)";

const std::string kGranted =
    R"({"access_token":"canary-access","refresh_token":"canary-refresh","expires_in":1800,)"
    R"("token_type":"bearer","account":"4711"})";

/// Ends the test run's case when the stage itself cannot be set.
template <class T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().detail + " / " + result.error().operator_detail);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace

Task<FakeProvider::Answer> FakeProvider::call(net::Outgoing outgoing) {
  {
    const std::scoped_lock lock(mutex_);
    asked_.push_back(parse_form(outgoing.body).value_or(FormFields{}));
  }
  co_await wait_for_the_others();
  const std::scoped_lock lock(mutex_);
  co_return answer_;
}

Task<> FakeProvider::wait_for_the_others() {
  auto start = [this](auto handler) {
    // Shared because a waiting entry is copyable and a handler is not.
    const auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    auto resume = [kept] {
      auto executor = boost::asio::get_associated_executor(*kept);
      boost::asio::post(executor, [kept] { std::move (*kept)(); });
    };
    std::vector<std::function<void()>> ready;
    {
      const std::scoped_lock lock(mutex_);
      waiting_.emplace_back(std::move(resume));
      if (waiting_.size() >= together_) ready.swap(waiting_);
    }
    for (const auto& each : ready) each();
  };
  co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void()>(
      start, boost::asio::use_awaitable);
}

void FakeProvider::answer_together(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  together_ = count;
}

std::vector<FormFields> FakeProvider::asked() const {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

void FakeProvider::answer_with(int status, std::string json) {
  net::Incoming incoming;
  incoming.status = status;
  incoming.fields.add("Content-Type", "application/json");
  incoming.body = std::move(json);
  const std::scoped_lock lock(mutex_);
  answer_ = std::move(incoming);
}

void FakeProvider::break_down() {
  const std::scoped_lock lock(mutex_);
  answer_ = std::unexpected(net::CallError{
      Error{ErrorKind::Retry, "upstream_unreachable", "no answer"}, net::Reached::Maybe});
}

std::string field(const FormFields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

std::string token_of(const Link& link) { return link.url.substr(link.url.rfind('/') + 1); }

FormFields query_of(std::string_view url) {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos) return {};
  return parse_form(url.substr(mark + 1, url.find('#') - mark - 1)).value_or(FormFields{});
}

struct Rig::Inside {
  db::TemporaryPlace place;
  SystemRandom random;
  Log log{Log::Level::Off};
  std::unique_ptr<db::Database> database;
  std::optional<crypto::KeyRing> keys;
  std::optional<provider::Catalogue> catalogue;
  std::optional<vault::Journal> journal;
  std::optional<vault::Vault> vault;
  std::optional<Installer> installer;
};

Rig::Rig(vault::BrowserBinding binding) : inside_(std::make_unique<Inside>()) {
  Inside& in = *inside_;
  in.database = must(db::open(in.place.url()));
  std::vector<db::Migration> steps = db::migrations();
  for (const auto& more : {access::migrations(), vault::migrations(), migrations()}) {
    steps.insert(steps.end(), more.begin(), more.end());
  }
  must(in.database->migrate(steps));
  const auto root = crypto::RootKey::generate(in.random);
  in.keys = must(vault::open_key_ring(*in.database, root, in.random, clock.now()));
  in.catalogue = must(provider::Catalogue::load({{"acme.yaml", std::string(kAcme)}}, {}));
  in.journal.emplace(std::vector{in.place.directory() / "emergency"}, *in.keys);
  in.vault.emplace(vault::Vault::Parts{*in.database,
                                       *in.keys,
                                       *in.catalogue,
                                       provider,
                                       clock,
                                       in.random,
                                       in.log,
                                       *in.journal,
                                       "the owner"});
  in.installer.emplace(Installer::Parts{
      *in.database, *in.vault, *in.keys, clock, in.random, in.log, "https://gateway.example"});
  provider.answer_with(200, kGranted);
  app = must(in.database->write_blocking([&](db::Transaction& tx) {
    vault::AppDraft draft;
    draft.slug = "acme-app";
    draft.provider = "acme";
    draft.client_id = "client";
    draft.client_secret = SecretString("canary-secret");
    draft.scopes = {{"things.read", "things.write"}};
    draft.return_origins = {{"https://saas.example"}};
    draft.browser_binding = binding;
    return in.vault->apps().create(
        tx, WorkspaceId("default"), std::move(draft), in.random, clock.now());
  }));
}

Rig::~Rig() {
  inside_->installer.reset();
  inside_->vault.reset();
  inside_->database.reset();
}

Installer& Rig::installer() { return *inside_->installer; }
db::Database& Rig::database() { return *inside_->database; }

std::string Rig::begin(Invitation wanted) {
  auto started = run(installer().start(std::move(wanted)));
  EXPECT_TRUE(started) << (started ? "" : started.error().detail);
  return started ? started->authorize_url : "";
}

Link Rig::link(Invitation wanted) {
  auto made = run(installer().create_link(std::move(wanted)));
  EXPECT_TRUE(made) << (made ? "" : made.error().detail);
  return made ? *made : Link{};
}

Ended Rig::come_back(Callback arrived) { return run(installer().callback(std::move(arrived))); }

Invitation Rig::invitation(std::string user) const {
  Invitation made;
  made.workspace = WorkspaceId("default");
  made.app = "Acme-App";
  made.user = std::move(user);
  made.actor = {"key", "key_1", "127.0.0.1"};
  return made;
}

Callback Rig::callback(const std::string& authorize_url, FormFields more) const {
  Callback made;
  made.provider = "acme";
  made.app = "acme-app-" + app.id.str();
  made.query = std::move(more);
  made.query.emplace_back("state", field(query_of(authorize_url), "state"));
  made.peer = "127.0.0.1";
  return made;
}

std::optional<vault::Connection> Rig::connection(const std::string& user) {
  return must(database().read_blocking(
      [&](db::Transaction& tx) { return inside_->vault->connections().find(tx, app.id, user); }));
}

std::vector<std::string> Rig::texts(const std::string& sql) {
  const db::Rows rows =
      must(database().read_blocking([&](db::Transaction& tx) { return tx.query(sql); }));
  std::vector<std::string> out;
  for (const db::Row& row : rows) out.push_back(row.at(0).text());
  return out;
}

std::vector<std::string> Rig::audit_actions() {
  const auto [records, next] = must(database().read_blocking([](db::Transaction& tx) {
    access::AuditFilter newest;
    newest.limit = 100;
    return access::list_audit(tx, WorkspaceId("default"), newest);
  }));
  std::vector<std::string> actions;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    actions.push_back(record->action);
  }
  return actions;
}

void Rig::change_app(vault::AppDraft draft) {
  app = must(database().write_blocking([&](db::Transaction& tx) {
    return inside_->vault->apps().update(
        tx, WorkspaceId("default"), "acme-app", std::move(draft), clock.now());
  }));
}

void Rig::remove_app() {
  must(database().write_blocking([&](db::Transaction& tx) {
    return inside_->vault->apps().remove(tx, WorkspaceId("default"), "acme-app", true, clock.now());
  }));
}

std::string Rig::files() const { return inside_->place.stored_bytes(); }

}  // namespace wayleave::connect
