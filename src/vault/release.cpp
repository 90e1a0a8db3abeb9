// How tokens leave the vault for good: disconnecting, and revealing one to an operator.
#include "vault/json_text.hpp"
#include "vault/refresh/plan.hpp"
#include "vault/token_endpoint.hpp"
#include "vault/vault_impl.hpp"

namespace wayleave::vault {
namespace {

/// What is left of a removed connection: enough to revoke it. Without `held` its tokens or its app
/// could not be opened and nothing can be revoked.
struct Removed {
  Connection connection;
  std::shared_ptr<Holding> held;  // shared, since results of database work are copied
};

std::string detail_of(const Connection& connection) {
  return to_json(
      std::map<std::string, std::string>{{"app", connection.app.str()}, {"user", connection.user}});
}

Result<Removed> take_out(db::Transaction& tx,
                         const Store& store,
                         const WorkspaceId& workspace,
                         const ConnectionId& id,
                         const access::Actor& actor,
                         Instant now) {
  Removed removed;
  WL_TRY(removed.connection, store.connections.get(tx, workspace, id));
  auto held = store.load(tx, workspace, id);
  if (held) removed.held = std::make_shared<Holding>(*std::move(held));
  WL_CHECK(store.connections.remove(tx, removed.connection, now));
  WL_CHECK(access::append_audit(
      tx,
      connection_record(removed.connection,
                        "connection.disconnected",
                        access::change_detail(
                            state_of(removed.connection), "null", detail_of(removed.connection)),
                        now,
                        actor)));
  return removed;
}

/// The refresh token first: it outlives the other, and many providers void both with it.
Task<bool> revoke(net::Client& net, std::shared_ptr<const Holding> held) {
  if (held == nullptr || held->client.provider->auth.revoke.empty()) co_return false;
  if (held->tokens.refresh_token.empty()) {
    co_return co_await request_revocation(
        net, held->client, held->tokens.access_token, "access_token");
  }
  co_return co_await request_revocation(
      net, held->client, held->tokens.refresh_token, "refresh_token");
}

std::unexpected<Error> too_short_lived() {
  return reject("minValidity",
                "minValidity: the provider's access tokens do not live that long, or it does not "
                "tell how long they live");
}

}  // namespace

Task<Result<Vault::Disconnected>> Vault::disconnect(WorkspaceId workspace,
                                                    ConnectionId id,
                                                    access::Actor actor) {
  const Clock& clock = impl_->parts.clock;
  auto take = [this, workspace, id, actor, &clock](db::Transaction& tx) {
    return take_out(tx, impl_->store, workspace, id, actor, clock.now());
  };
  WL_CO_TRY(auto removed, co_await impl_->parts.database.write(std::move(take)));
  Disconnected done;
  done.connection = removed.connection;
  done.revoked = co_await revoke(impl_->parts.client, removed.held);
  impl_->parts.log.info("connection.disconnected",
                        {{"connection", id.str()}, {"revoked", done.revoked}});
  auto record = connection_record(done.connection,
                                  "connection.revoked",
                                  done.revoked ? R"({"revoked":"yes"})" : R"({"revoked":"no"})",
                                  clock.now());
  auto note = [record](db::Transaction& tx) { return access::append_audit(tx, record); };
  const auto noted = co_await impl_->parts.database.write(std::move(note));
  if (!noted) impl_->parts.log.error("audit.lost", {{"connection", id.str()}});
  co_return done;
}

Task<Result<Credential>> Vault::reveal(WorkspaceId workspace,
                                       ConnectionId id,
                                       std::chrono::seconds min_validity,
                                       access::Actor actor) {
  Impl& impl = *impl_;
  auto get = [&impl, workspace, id](db::Transaction& tx) {
    return impl.store.connections.get(tx, workspace, id);
  };
  WL_CO_TRY(auto connection, co_await impl.parts.database.read(std::move(get)));
  const auto lives_long_enough = [&impl, min_validity](std::optional<Instant> expires_at) {
    if (!expires_at) return min_validity.count() == 0;
    return *expires_at - impl.parts.clock.now() >= min_validity;
  };
  WL_CO_TRY(auto usable, co_await impl.usable(connection.app, connection.user));
  if (!lives_long_enough(usable.expires_at)) {
    if (!usable.expires_at) co_return too_short_lived();
    WL_CO_TRY(auto fresh, co_await impl.refresher->refresh(connection, Occasion::Due));
    if (!lives_long_enough(fresh.expires_at)) co_return too_short_lived();
  }
  // The record and the reading are one transaction: no record, no token (LG-03).
  auto read = [&impl, workspace, id, actor](db::Transaction& tx) -> Result<Impl::Reading> {
    WL_TRY(auto current, impl.store.connections.get(tx, workspace, id));
    const auto record = connection_record(
        current, "token.revealed", detail_of(current), impl.parts.clock.now(), actor);
    WL_TRY(auto reading, impl.open(tx, std::move(current)));
    WL_CHECK(access::append_audit(tx, record));
    return reading;
  };
  WL_CO_TRY(auto reading, co_await impl.parts.database.write(std::move(read)));
  co_return impl.credential_of(std::move(reading));
}

}  // namespace wayleave::vault
