#include "vault/refresh_intent.hpp"
#include "vault/refresher.hpp"

namespace wayleave::vault {
namespace {

/// Whoever stood so long in the queue of a failing endpoint does not go in as well.
constexpr std::chrono::seconds kQueueTimeMax{30};

bool is_dead(const Connection& connection) {
  return connection.state == State::NeedsReauthorization || connection.state == State::Revoked;
}

}  // namespace

Task<Result<Connection>> Refresher::attempt(Connection seen, Occasion occasion) {
  auto load = [this, seen](db::Transaction& tx) {
    return parts_.store.load(tx, seen.workspace, seen.id);
  };
  WL_CO_TRY(auto loaded, co_await parts_.database.read(std::move(load)));
  auto held = std::make_shared<const Holding>(std::move(loaded));
  const Connection& connection = held->connection;
  if (connection.version != seen.version && connection.state == State::Active) {
    co_return connection;  // somebody else was faster
  }
  if (occasion != Occasion::Asked) {
    if (is_dead(connection)) co_return std::unexpected(reauthorization_required(connection));
    if (health_.refused(held->app.id, held->app.version, parts_.clock.tick())) {
      co_return std::unexpected(app_misconfigured(held->app));
    }
  }
  if (held->tokens.refresh_token.empty()) {
    if (occasion == Occasion::Asked) {
      co_return fail(ErrorKind::Reauthorize,
                     "reauthorization_required",
                     "the provider gave no refresh token; the user must connect again");
    }
    std::string why{occasion == Occasion::Rejected ? reason::kTokensRejected
                                                   : reason::kNoRefreshToken};
    co_return co_await condemn(held, std::move(why), {});
  }
  co_return co_await ask(held, occasion);
}

Task<Result<Connection>> Refresher::ask(HoldingPtr held, Occasion occasion) {
  const auto gate = health_.gate(held->app.id);
  const Tick queued = parts_.clock.tick();
  auto passage = co_await gate->enter();
  const Tick now = parts_.clock.tick();
  if (occasion != Occasion::Asked && health_.refused(held->app.id, held->app.version, now)) {
    co_return std::unexpected(app_misconfigured(held->app));
  }
  if (now - queued > kQueueTimeMax) co_return std::unexpected(token_endpoint_failing("timeout"));

  const RefreshIntent intent{held->connection.id,
                             held->connection.version,
                             token_fingerprint(held->tokens.refresh_token),
                             parts_.clock.now()};
  auto begin = [intent](db::Transaction& tx) { return begin_intent(tx, intent); };
  const auto begun = co_await parts_.database.write(std::move(begin));
  if (!begun && begun.error().kind == ErrorKind::Conflict) co_return co_await stored_instead(held);
  if (!begun) co_return std::unexpected(begun.error());

  auto answer = co_await request(held);
  if (answer.outcome) passage.succeed();
  co_return co_await settle(held, occasion, std::move(answer));
}

Task<Result<Connection>> Refresher::stored_instead(HoldingPtr held) {
  auto read = [this, held](db::Transaction& tx) {
    return parts_.store.connections.get(tx, held->connection.workspace, held->connection.id);
  };
  WL_CO_TRY(auto connection, co_await parts_.database.read(std::move(read)));
  if (is_dead(connection)) co_return std::unexpected(reauthorization_required(connection));
  co_return connection;
}

Task<TokenAnswer> Refresher::request(HoldingPtr held) {
  auto answer = co_await request_refresh(
      parts_.client, parts_.clock, held->client, held->tokens.refresh_token);
  if (!answer.lost || !held->client.provider->auth.refresh.rotates) co_return answer;
  // The provider may have spent the token. Asked again at once it repeats its answer within its
  // grace time, or tells that the grant is gone (TK-07).
  parts_.log.warn("token.refresh_answer_lost", {{"connection", held->connection.id.str()}});
  auto again = co_await request_refresh(
      parts_.client, parts_.clock, held->client, held->tokens.refresh_token);
  again.lost = true;
  co_return again;
}

}  // namespace wayleave::vault
