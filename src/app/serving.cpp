#include "app/serving.hpp"

#include <fmt/core.h>
#include <prometheus/metric_family.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "api/callback_routes.hpp"
#include "api/connect_routes.hpp"
#include "api/console_routes.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "app/client_tls.hpp"
#include "app/core.hpp"
#include "app/health.hpp"
#include "app/key_keeper.hpp"
#include "app/metrics.hpp"
#include "app/server_settings.hpp"
#include "app/set_up.hpp"
#include "app/sso.hpp"
#include "app/trail_keeper.hpp"
#include "base/embedded.hpp"
#include "db/change_watcher.hpp"
#include "gateway/gateway.hpp"
#include "net/server.hpp"
#include "net/tls_acceptor.hpp"

namespace wayleave {

extern const EmbeddedAsset console_files[];      // the console's web build
extern const EmbeddedAsset connect_sdk_files[];  // the browser SDK's

}  // namespace wayleave

namespace wayleave::app {
namespace {

constexpr unsigned kSlowThreads = 4;
constexpr Millis kSlowGrace{5'000};
constexpr std::chrono::seconds kDrainLimit{65};  // a refresh waits 60 s for its provider
constexpr std::chrono::seconds kInstallLinkLife{24 * 3600};

/// A port that is free now. The public URL has to be known before the server binds, and nobody else
/// is handed the same port within that moment.
Result<std::uint16_t> free_port(const std::string& address) {
  namespace ip = boost::asio::ip;
  boost::asio::io_context context;
  boost::system::error_code ec;
  const ip::tcp::endpoint any(ip::make_address(address), 0);
  ip::tcp::acceptor acceptor(context);
  acceptor.open(any.protocol(), ec);
  if (!ec) acceptor.bind(any, ec);
  if (ec) return reject("listen", fmt::format("cannot listen on {}: {}", address, ec.message()));
  return acceptor.local_endpoint().port();
}

/// The way back for a user whose grant has died: a fresh install link.
Task<std::string> install_url(connect::Installer& installer,
                              WorkspaceId workspace,
                              std::string app,
                              std::string user) {
  connect::Invitation invitation;
  invitation.workspace = std::move(workspace);
  invitation.app = std::move(app);
  invitation.user = std::move(user);
  invitation.expires_in = kInstallLinkLife;
  invitation.actor = {"system", {}, {}};
  const auto link = co_await installer.create_link(std::move(invitation));
  co_return link ? link->url : std::string();
}

net::Response word_problem(const Error& error,
                           std::string_view request_id,
                           std::string_view install_url,
                           int status) {
  api::ProblemContext context;
  context.status = status;
  context.request_id = request_id;
  context.install_url = install_url;
  return api::problem(error, context);
}

}  // namespace

struct Serving::Impl {
  Log& log;
  net::SlowExecutor slow{kSlowThreads};  // outlives the connections that the core keeps on it
  std::unique_ptr<Core> core;
  std::unique_ptr<api::SingleSignOn> sso;  // null: none
  access::Passwords passwords;
  access::Throttle throttle;
  access::KeyWatch key_watch;
  api::KeyAuthenticator authenticator;
  api::Parts parts;
  std::unique_ptr<gateway::RequestLog> request_log;  // outlives the gateway and its workers
  std::unique_ptr<gateway::Gateway> gateway;
  Health health;
  KeyKeeper key_keeper;
  TrailKeeper trail_keeper;
  db::ChangeWatcher watcher;
  std::atomic<std::int64_t> told{0};      // the last change the workers heard of
  std::unique_ptr<net::TlsAcceptor> tls;  // null: clients speak plain HTTP
  std::unique_ptr<net::Server> server;
  std::string url;
  std::string set_up_link;
  std::atomic<bool> leaving = false;
  Config started_with;
  bool running = false;

  Impl(std::unique_ptr<Core> opened, Log& events)
      : log(events),
        core(std::move(opened)),
        authenticator(core->database(), core->clock(), &key_watch),
        parts{core->database(),
              core->keys(),
              core->vault(),
              core->installer(),
              core->catalogue(),
              authenticator,
              core->clock(),
              core->random(),
              passwords,
              throttle,
              log,
              core->public_url(),
              [this] { return metrics(); },
              [this] { return tell_changes(); },
              [this] { return leaving.load(); },
              &key_watch,
              [this] { return health.report(); }},
        health({*core,
                [this] { return request_log->totals(); },
                [this] { return trail_keeper.verdict(); }}),
        key_keeper({core->database(),
                    core->keys(),
                    all_sealed_tables(),
                    [this]() -> Result<crypto::RootKey> {
                      WL_TRY(auto found, core->root_key());
                      return std::move(found.key);
                    },
                    core->clock(),
                    core->random(),
                    log}),
        trail_keeper({core->database(), core->keys(), key_watch, core->clock(), log}),
        watcher(core->database(), log) {}

  [[nodiscard]] std::shared_ptr<const net::Router> make_router() const {
    auto router = std::make_shared<net::Router>();
    api::add_routes(*router, parts);
    const api::BrowserParts browser{core->installer(), log, core->public_url()};
    api::add_callback_routes(*router, browser);
    api::add_connect_routes(*router, browser);
    api::add_connect_script(*router, browser, connect_sdk_files);
    api::add_console_routes(*router, browser, console_files);
    return router;
  }

  [[nodiscard]] std::vector<prometheus::MetricFamily> metrics() const {
    Readings readings;
    readings.gateway = gateway->totals();
    if (server) {
      readings.caches = gateway->cache_totals();
      readings.traffic = server->traffic();
    }
    readings.request_log = request_log->totals();
    readings.database = core->database().state();
    readings.refreshes = core->vault().refreshes();
    return metric_families(readings);
  }

  void make_gateway(const Config& config) {
    gateway::RequestLog::Options kept;
    kept.rate = config.request_log_rate;
    kept.days = static_cast<int>(config.request_log_days);
    kept.rows = config.request_log_rows;
    request_log = std::make_unique<gateway::RequestLog>(core->database(), core->clock(), log, kept);
    auto way_back = [this](WorkspaceId workspace, std::string app, std::string user) {
      return install_url(core->installer(), std::move(workspace), std::move(app), std::move(user));
    };
    gateway::Services services{core->database(), core->vault(), core->clock(), key_watch, way_back};
    gateway = std::make_unique<gateway::Gateway>(
        gateway::Parts{services, slow, log, make_router(), word_problem, {}, request_log.get()});
    watcher.subscribe([this](const db::Change& change) { tell(change); });
    watcher.subscribe([this](const db::Change& change) { key_keeper.hear(change.topic); });
  }

  void tell(const db::Change& change) {
    gateway->forget(change.topic, change.key);
    std::int64_t last = told.load();
    while (last < change.sequence && !told.compare_exchange_weak(last, change.sequence)) {
    }
  }

  /// Tells the workers what this process has just changed, without waiting for the watcher, which
  /// will tell it again. When the read fails the watcher alone does it.
  Task<> tell_changes() {
    bool more = true;
    while (more) {
      auto work = [after = told.load()](db::Transaction& tx) {
        return db::changes_after(tx, after, db::ChangeWatcher::changes_per_read);
      };
      const auto changes = co_await core->database().read(std::move(work));
      if (!changes) co_return;
      for (const db::Change& change : *changes) tell(change);
      more = changes->size() == db::ChangeWatcher::changes_per_read;
    }
  }

  Result<> remember_settings(const Config& config) {
    ServerSettings settings{core->public_url(), config.sandbox};
    auto work = [settings, now = core->clock().now()](db::Transaction& tx) {
      return store_server_settings(tx, settings, now);
    };
    return core->database().write_blocking(std::move(work));
  }

  /// On the slow executor, where the refreshes that it begins go on afterwards.
  Result<> recover() {
    auto recovery =
        boost::asio::co_spawn(slow.context(), core->vault().recover(), boost::asio::use_future);
    WL_TRY(const int unknown, recovery.get());
    if (unknown > 0) log.warn("vault.recovered", {{"refresh_unknown", unknown}});
    return {};
  }

  Result<> listen(const Config& config) {
    net::ServerOptions options;
    options.address = config.address;
    options.port = config.port;
    options.workers = config.workers;
    options.tls = tls.get();
    server =
        std::make_unique<net::Server>(options, slow, core->upstream(), log, gateway->dispatchers());
    WL_TRY(const auto port, server->start());
    url = server_url(config, port);
    return {};
  }

  Result<> run(const Config& config) {
    WL_CHECK(remember_settings(config));
    WL_TRY(set_up_link, make_set_up_link(*core));
    auto last = [](db::Transaction& tx) { return db::last_change(tx); };
    WL_TRY(told, core->database().read_blocking(std::move(last)));
    make_gateway(config);
    slow.start();
    running = true;
    WL_CHECK(recover());
    boost::asio::co_spawn(slow.context(), core->vault().keep_fresh(), boost::asio::detached);
    watcher.start();
    key_keeper.start();
    trail_keeper.start();
    request_log->start();
    return listen(config);
  }

  void stop(Millis grace) {
    if (!running) return;
    running = false;
    if (server) server->stop(grace);
    request_log->stop();
    watcher.stop();
    key_keeper.stop();
    auto drained =
        boost::asio::co_spawn(slow.context(), core->vault().drain(), boost::asio::use_future);
    if (drained.wait_for(kDrainLimit) != std::future_status::ready) {
      log.error("vault.not_drained");
    }
    trail_keeper.stop();
    slow.stop(std::min(grace, kSlowGrace));
  }
};

Serving::Serving(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Serving::~Serving() { stop(Millis{0}); }

const std::string& Serving::url() const { return impl_->url; }

const std::string& Serving::set_up_link() const { return impl_->set_up_link; }

void Serving::retire(Millis time) {
  impl_->leaving = true;
  impl_->server->retire();
  std::this_thread::sleep_for(time);
}

void Serving::stop(Millis grace) { impl_->stop(grace); }

Result<std::vector<std::string>> Serving::reload(const Config& fresh) {
  Config used = fresh;
  used.sandbox = impl_->started_with.sandbox;  // its address was permitted at the start
  WL_TRY(auto identity, load_identity(fresh));
  WL_CHECK(impl_->core->reload_providers(used));
  if (identity && impl_->tls) {
    log_identity(*identity, fresh, impl_->core->clock().now(), impl_->log);
    WL_CHECK(impl_->tls->replace(*std::move(identity), impl_->core->clock().tick()));
  }
  impl_->log.set_level(fresh.log_level);
  // An app's hosts and headers may have changed with its provider.
  impl_->gateway->forget("*", "");
  return restart_needed(impl_->started_with, fresh);
}

Result<std::unique_ptr<Serving>> Serving::start(const Config& config,
                                                const Environment& environment,
                                                Log& log) {
  Config settled = config;
  WL_TRY(auto identity, load_identity(settled));
  if (settled.port == 0) {
    WL_TRY(settled.port, free_port(settled.address));
  }
  std::string public_url = settled.public_url;
  if (public_url.empty()) public_url = server_url(settled, settled.port);
  WL_TRY(auto core, Core::open(settled, environment, public_url, log));
  if (!core->created_root_key().empty()) {
    log.warn("root_key.created",
             {{"file", core->created_root_key()},
              {"do", "back it up apart from the data: without it every token is lost"}});
  }
  auto impl = std::make_unique<Impl>(std::move(core), log);
  if (identity) {
    log_identity(*identity, settled, impl->core->clock().now(), log);
    WL_TRY(impl->tls, net::TlsAcceptor::create(*std::move(identity), impl->core->clock().tick()));
  }
  WL_TRY(impl->sso, load_sso(settled, *impl->core));
  impl->parts.sso = impl->sso.get();
  impl->started_with = config;
  std::unique_ptr<Serving> serving(new Serving(std::move(impl)));
  WL_CHECK(serving->impl_->run(settled));
  return serving;
}

}  // namespace wayleave::app
