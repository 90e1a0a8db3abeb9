#include "gateway/jobs.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "access/api_key.hpp"
#include "access/audit.hpp"
#include "access/foreign_address.hpp"

namespace wayleave::gateway {
namespace {

/// Adds the way back when the grant is dead and the caller may connect users.
Task<Refused> refuse(
    const Services& services, Error error, Snapshot::Key key, Snapshot::App app, std::string user) {
  Refused refused{std::move(error)};
  const bool may_connect = key && key->scopes.has(access::Scope::Connect);
  if (refused.error.code == "reauthorization_required" && may_connect && app &&
      services.install_url) {
    refused.install_url = co_await services.install_url(app->workspace, app->slug, std::move(user));
  }
  co_return refused;
}

Result<Snapshot::Credential> share(vault::Credential opened) {
  WL_TRY(auto entry, CredentialEntry::make(std::move(opened)));
  return std::make_shared<const CredentialEntry>(std::move(entry));
}

}  // namespace

Error unauthenticated() {
  return {ErrorKind::Denied,
          "unauthenticated",
          "send a live API key as 'Authorization: Bearer wlk_…'; wayleave key create makes one",
          {},
          "Authorization"};
}

Error lacks_proxy_scope() {
  return {ErrorKind::Denied, "forbidden", "this API key lacks the scope 'proxy'"};
}

Task<> note_foreign_address(const Services* services, Snapshot::Key key, std::string peer) {
  auto work = [record =
                   access::foreign_address_record(*key, std::move(peer), services->clock.now())](
                  db::Transaction& tx) { return access::append_audit(tx, record); };
  // When the database does not take it the call was refused all the same.
  [[maybe_unused]] const auto noted = co_await services->database.write(std::move(work));
}

Task<Result<>> ResolveJob::find_key() {
  auto look_up = [digest = wanted.digest](db::Transaction& tx) {
    return access::ApiKeys::find_by_digest(tx, digest);
  };
  WL_CO_TRY(auto found, co_await services_.database.read(std::move(look_up)));
  if (!found || !found->live(services_.clock.now())) co_return std::unexpected(unauthenticated());
  if (!wanted.key_id.empty() && found->id.str() != wanted.key_id) {
    co_return std::unexpected(unauthenticated());
  }
  auto known = std::make_shared<KnownKey>(KnownKey{*std::move(found), {}});
  known->use = services_.key_watch.use_of(*known);
  wanted.key = std::move(known);
  co_return Result<>{};
}

Task<Result<>> ResolveJob::find_app() {
  auto look_up =
      [&apps = services_.vault.apps(), workspace = wanted.key->workspace, slug = wanted.app](
          db::Transaction& tx) { return apps.find(tx, workspace, slug); };
  WL_CO_TRY(auto app, co_await services_.database.read(std::move(look_up)));
  WL_CO_TRY(auto provider, services_.vault.apps().provider(app));
  WL_CO_TRY(auto hosts, allowed_hosts(*provider));
  auto entry = std::make_shared<AppEntry>();
  entry->id = std::move(app.id);
  entry->workspace = std::move(app.workspace);
  entry->slug = std::move(app.slug);
  entry->provider = std::move(provider);
  entry->hosts = std::move(hosts);
  found_app = std::move(entry);
  co_return Result<>{};
}

Task<Result<>> ResolveJob::find_all() {
  if (!wanted.key) WL_CO_CHECK(co_await find_key());
  if (!wanted.key->allowed.allows(wanted.peer)) co_return Result<>{};  // refused by the worker
  if (!wanted.key->scopes.has(access::Scope::Proxy)) {
    co_return std::unexpected(lacks_proxy_scope());
  }
  if (wanted.app.empty()) co_return Result<>{};
  if (!wanted.app_entry) WL_CO_CHECK(co_await find_app());
  if (!wanted.provider.empty() && !app()->provider->answers_to(wanted.provider)) {
    co_return std::unexpected(vault::app_not_found());
  }
  if (wanted.user.empty()) co_return Result<>{};
  WL_CO_TRY(auto opened, co_await services_.vault.credential(app()->id, wanted.user));
  WL_CO_TRY(credential, share(std::move(opened)));
  co_return Result<>{};
}

Task<> ResolveJob::run() {
  auto found = co_await find_all();
  if (found) co_return;
  refused = co_await refuse(services_, std::move(found).error(), wanted.key, app(), wanted.user);
}

Task<> RenewJob::run() {
  auto renewed = co_await services_.vault.renew(app_->id, user_, seen_version_);
  auto entry = renewed ? share(*std::move(renewed)) : std::unexpected(std::move(renewed).error());
  if (entry) {
    credential = *std::move(entry);
    co_return;
  }
  refused = co_await refuse(services_, std::move(entry).error(), key_, app_, user_);
}

Task<> DelayJob::run() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_after(wait_);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace wayleave::gateway
