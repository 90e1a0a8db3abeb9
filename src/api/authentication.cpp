#include "api/authentication.hpp"

#include "access/credentials.hpp"
#include "crypto/api_key.hpp"

namespace wayleave::api {

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
                                           std::string authorization) {
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
  co_return *key;
}

Task<Result<Caller>> KeyAuthenticator::authenticate(std::string authorization, std::string peer) {
  WL_CO_TRY(const auto key, co_await find_live_key(database_, clock_, std::move(authorization)));
  Caller caller;
  caller.workspace = key.workspace;
  caller.scopes = key.scopes;
  caller.actor = {"key", key.id.str(), std::move(peer), key.name};
  co_return caller;
}

Task<Result<Caller>> LocalAuthenticator::authenticate(std::string, std::string) {
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
