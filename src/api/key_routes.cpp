#include "api/key_rules.hpp"
#include "api/page.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"

namespace wayleave::api {
namespace {

constexpr std::int64_t kKeyLifeMax = std::int64_t{10} * 365 * 24 * 3600;  // seconds

struct Wanted {
  std::string name;
  access::Scopes scopes;
  access::AddressList allowed;
  std::optional<Instant> expires_at;
};

Result<Wanted> read_wanted(const Call& call) {
  WL_TRY(auto in, read_json(call.request));
  Wanted wanted;
  wanted.name = in.required_text("name");
  const auto scopes = in.texts("scopes");
  const auto networks = in.texts("allowedAddresses");
  const auto life = in.integer("expiresIn", 1, kKeyLifeMax);
  WL_CHECK(in.finish());
  if (!scopes || scopes->empty()) {
    return reject("scopes",
                  "scopes: give at least one of proxy, connect, read, manage,"
                  " tokens:reveal");
  }
  WL_TRY(wanted.scopes, access::Scopes::parse(*scopes));
  WL_CHECK(check_within(wanted.scopes, call.caller.scopes));
  if (networks) {
    WL_TRY(wanted.allowed, access::AddressList::parse(*networks));
  }
  if (wanted.scopes.has(access::Scope::RevealTokens)) WL_CHECK(check_confirmed(call));
  if (life) wanted.expires_at = call.parts.clock.now() + std::chrono::seconds(*life);
  return wanted;
}

Task<Result<net::Response>> create_key(Call call) {
  WL_CO_TRY(const auto wanted, read_wanted(call));
  // Shared, because what a transaction gives must be copyable; the last run's key is the stored
  // one.
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               wanted,
               record = audit_record(call, "key.created", "")](
                  db::Transaction& tx) mutable -> Result<std::string> {
    WL_TRY(const auto created,
           access::ApiKeys::create(tx,
                                   workspace,
                                   wanted.name,
                                   wanted.scopes,
                                   wanted.expires_at,
                                   parts.random,
                                   parts.clock.now(),
                                   wanted.allowed));
    record.target = created.key.id.str();
    record.detail = access::change_detail("null", key_facts(created.key));
    WL_CHECK(access::append_audit(tx, record));
    return created_json(created);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(201, std::move(body));
}

Task<Result<net::Response>> list_keys(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  auto work = [workspace = call.caller.workspace, page](db::Transaction& tx) {
    return access::ApiKeys::list(tx, workspace, page.after, page.limit + 1);
  };
  WL_CO_TRY(const auto keys, co_await call.parts.database.read(std::move(work)));
  co_return list_response(
      keys, page, key_json, [](const access::ApiKey& key) { return key.id.str(); });
}

Task<Result<net::Response>> revoke_key(Call call) {
  auto work = [workspace = call.caller.workspace,
               which = call.request.params.at(0),
               now = call.parts.clock.now(),
               record = audit_record(call, "key.revoked", "")](
                  db::Transaction& tx) mutable -> Result<access::ApiKey> {
    WL_TRY(auto key, access::ApiKeys::revoke(tx, workspace, which, now));
    record.target = key.id.str();
    auto before = key;
    before.revoked_at.reset();
    record.detail = access::change_detail(key_facts(before), key_facts(key));
    WL_CHECK(access::append_audit(tx, record));
    return key;
  };
  WL_CO_TRY(const auto key, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, key_json(key));
}

}  // namespace

void add_key_routes(net::Router& router, const Parts& parts) {
  using access::Scope;
  router.add({"POST", "/v1/keys", guarded(parts, Scope::Manage, create_key), kJsonBodyMax});
  router.add({"GET", "/v1/keys", guarded(parts, Scope::Manage, list_keys)});
  router.add({"DELETE", "/v1/keys/{}", guarded(parts, Scope::Manage, revoke_key)});
  add_key_change_routes(router, parts);
}

}  // namespace wayleave::api
