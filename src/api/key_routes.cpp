#include "api/json_writer.hpp"
#include "api/page.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"

namespace wayleave::api {
namespace {

constexpr std::int64_t kKeyLifeMax = std::int64_t{10} * 365 * 24 * 3600;  // seconds

/// A key may only give what it has itself, else `manage` would be every scope.
Result<> check_within(const access::Scopes& wanted, const access::Scopes& own) {
  if ((wanted.bits() & ~own.bits()) == 0) return {};
  auto error = fail(ErrorKind::Denied,
                    "forbidden",
                    "scopes: a key cannot give scopes that it does not have itself");
  error.error().field = "scopes";
  return error;
}

/// A new key in its only appearance.
std::string created_json(const access::NewApiKey& created) {
  JsonWriter out;
  out.text("id", created.key.id.str());
  created.secret.expose([&](std::string_view secret) { out.text("key", secret); });
  out.text("name", created.key.name)
      .texts("scopes", created.key.scopes.names())
      .text("hint", created.key.hint)
      .time("createdAt", created.key.created_at)
      .time("expiresAt", created.key.expires_at);
  return out.str();
}

struct Wanted {
  std::string name;
  access::Scopes scopes;
  std::optional<Instant> expires_at;
};

Result<Wanted> read_wanted(const Call& call) {
  WL_TRY(auto in, read_json(call.request));
  Wanted wanted;
  wanted.name = in.required_text("name");
  const auto scopes = in.texts("scopes");
  const auto life = in.integer("expiresIn", 1, kKeyLifeMax);
  WL_CHECK(in.finish());
  if (!scopes || scopes->empty()) {
    return reject("scopes",
                  "scopes: give at least one of proxy, connect, read, manage,"
                  " tokens:reveal");
  }
  WL_TRY(wanted.scopes, access::Scopes::parse(*scopes));
  WL_CHECK(check_within(wanted.scopes, call.caller.scopes));
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
                                   parts.clock.now()));
    record.target = created.key.id.str();
    JsonWriter detail;
    record.detail =
        detail.text("name", created.key.name).texts("scopes", wanted.scopes.names()).str();
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
}

}  // namespace wayleave::api
