#include "api/authentication.hpp"

#include "access/credentials.hpp"
#include "access/foreign_address.hpp"
#include "access/workspace_settings.hpp"
#include "crypto/api_key.hpp"

namespace wayleave::api {
namespace {

Task<Error> refuse_address(db::Database* database,
                           access::ApiKey key,
                           std::string peer,
                           Instant now,
                           access::KeyWatch* watch) {
  if (watch == nullptr || watch->is_news(key.id, peer, now)) {
    auto work = [record = access::foreign_address_record(key, peer, now)](db::Transaction& tx) {
      return access::append_audit(tx, record);
    };
    // When the database does not take it the call is refused all the same.
    [[maybe_unused]] const auto noted = co_await database->write(std::move(work));
  }
  co_return access::foreign_address(peer);
}

}  // namespace

Error unauthenticated() {
  return {ErrorKind::Denied,
          "unauthenticated",
          "send a live API key as 'Authorization: Bearer wlk_…'; wayleave key create makes one",
          {},
          "Authorization"};
}

std::string authorization_of(const net::Request& request) {
  if (request.fields.count("Authorization") != 1) return {};
  return std::string(request.fields.get("Authorization").value_or(""));
}

Task<Result<access::ApiKey>> find_live_key(db::Database& database,
                                           const Clock& clock,
                                           std::string authorization,
                                           std::string peer,
                                           access::KeyWatch* watch) {
  const auto presented = access::presented_key(authorization);
  if (!presented) co_return std::unexpected(unauthenticated());
  const crypto::Sha256 digest = crypto::api_key_digest(presented->key);
  const std::string key_id(presented->key_id);
  auto look_up = [bytes = std::string(digest.begin(), digest.end())](db::Transaction& tx) {
    return access::ApiKeys::find_by_digest(tx, bytes);
  };
  WL_CO_TRY(const auto key, co_await database.read(std::move(look_up)));
  const bool fits = key && key->live(clock.now()) && (key_id.empty() || key_id == key->id.str());
  if (!fits) co_return std::unexpected(unauthenticated());
  if (!key->allowed.allows(peer)) {
    co_return std::unexpected(co_await refuse_address(&database, *key, peer, clock.now(), watch));
  }
  if (watch != nullptr) watch->used(*key, clock.now());
  co_return *key;
}

Caller caller_of(access::Sessions::Found found, bool require_totp, std::string peer) {
  Caller caller;
  caller.workspace = found.member.workspace;
  // Whoever came by single sign-on has shown what the provider demands.
  caller.enrolment_due =
      require_totp && !found.member.totp && found.session.method == access::SignInMethod::Password;
  if (!caller.enrolment_due) caller.scopes = access::scopes_of(found.member.role);
  caller.actor = {"member", found.member.id.str(), std::move(peer), found.member.email};
  caller.person = std::move(found);
  return caller;
}

Task<Result<Caller>> KeyAuthenticator::authenticate(Evidence evidence) {
  if (!evidence.session.empty()) co_return co_await by_session(std::move(evidence));
  WL_CO_TRY(const auto key,
            co_await find_live_key(
                database_, clock_, std::move(evidence.authorization), evidence.peer, watch_));
  Caller caller;
  caller.workspace = key.workspace;
  caller.scopes = key.scopes;
  caller.actor = {"key", key.id.str(), std::move(evidence.peer), key.name};
  co_return caller;
}

Task<Result<Caller>> KeyAuthenticator::by_session(Evidence evidence) {
  struct Known {
    std::optional<access::Sessions::Found> found;
    bool require_totp = false;
  };
  const Instant now = clock_.now();
  auto look_up = [token = std::make_shared<SecretString>(std::move(evidence.session)),
                  now](db::Transaction& tx) -> Result<Known> {
    Known known;
    WL_TRY(known.found, access::Sessions::find(tx, *token, now));
    if (!known.found) return known;
    WL_TRY(const auto settings, access::load_settings(tx, known.found->member.workspace));
    known.require_totp = settings.require_totp;
    return known;
  };
  WL_CO_TRY(auto known, co_await database_.read(std::move(look_up)));
  if (!known.found) co_return std::unexpected(unauthenticated());
  if (now >= known.found->session.last_seen_at + access::kSessionTouch) {
    auto touch = [id = known.found->session.id, now](db::Transaction& tx) {
      return access::Sessions::touch(tx, id, now);
    };
    // When the database takes no writes, looking is still possible until the session runs out.
    (void)co_await database_.write(std::move(touch));
  }
  co_return caller_of(*std::move(known.found), known.require_totp, std::move(evidence.peer));
}

Task<Result<Caller>> LocalAuthenticator::authenticate(Evidence) {
  Caller caller;
  caller.workspace = WorkspaceId("default");
  for (const auto scope : {access::Scope::Proxy,
                           access::Scope::Connect,
                           access::Scope::Read,
                           access::Scope::Manage,
                           access::Scope::RevealTokens}) {
    caller.scopes.add(scope);
  }
  caller.actor = {"cli", "", ""};
  co_return caller;
}

}  // namespace wayleave::api
