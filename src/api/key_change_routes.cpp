#include "api/json_writer.hpp"
#include "api/key_rules.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"

namespace wayleave::api {
namespace {

constexpr std::int64_t kOverlapMax = std::int64_t{90} * 24 * 3600;  // seconds

Result<access::KeyChanges> read_changes(const net::Request& request) {
  WL_TRY(auto in, read_json(request));
  access::KeyChanges changes;
  changes.name = in.text("name");
  const auto networks = in.texts("allowedAddresses");
  const auto expires_at = in.text("expiresAt");
  const bool never = in.null("expiresAt");
  WL_CHECK(in.finish());
  if (networks) {
    WL_TRY(changes.allowed, access::AddressList::parse(*networks));
  }
  if (never) changes.expires_at.emplace();
  if (expires_at) {
    const auto at = from_rfc3339(*expires_at);
    if (!at) {
      return reject("expiresAt", "expiresAt: a time such as 2026-11-23T14:00:00Z, in UTC, or null");
    }
    changes.expires_at = at;
  }
  if (!changes.name && !changes.allowed && !changes.expires_at) {
    return reject("body", "give at least one of name, allowedAddresses, expiresAt");
  }
  return changes;
}

Task<Result<net::Response>> update_key(Call call) {
  WL_CO_TRY(const auto changes, read_changes(call.request));
  auto work = [workspace = call.caller.workspace,
               own = call.caller.scopes,
               which = call.request.params.at(0),
               changes,
               now = call.parts.clock.now(),
               record = audit_record(call, "key.updated", "")](
                  db::Transaction& tx) mutable -> Result<access::ApiKey> {
    WL_TRY(auto changed, access::ApiKeys::update(tx, workspace, which, changes, now));
    WL_CHECK(check_within(changed.before.scopes, own));
    record.target = changed.after.id.str();
    record.detail = access::change_detail(key_facts(changed.before), key_facts(changed.after));
    WL_CHECK(access::append_audit(tx, record));
    return std::move(changed.after);
  };
  WL_CO_TRY(const auto key, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, key_json(key));
}

Result<std::chrono::seconds> read_overlap(const net::Request& request) {
  if (request.body.empty()) return std::chrono::seconds(0);
  WL_TRY(auto in, read_json(request));
  const auto overlap = in.integer("overlapSeconds", 0, kOverlapMax);
  WL_CHECK(in.finish());
  return std::chrono::seconds(overlap.value_or(0));
}

/// The new key's record says which it takes the place of, and the old one's until when it lives.
Result<> record_rotation(db::Transaction& tx,
                         access::AuditRecord record,
                         const access::RotatedApiKey& rotated) {
  record.target = rotated.before.id.str();
  record.detail = access::change_detail(key_facts(rotated.before),
                                        JsonWriter()
                                            .time("expiresAt", rotated.old.expires_at)
                                            .time("revokedAt", rotated.old.revoked_at)
                                            .text("replacedBy", rotated.made.key.id.str())
                                            .str());
  WL_CHECK(access::append_audit(tx, record));
  record.action = "key.created";
  record.target = rotated.made.key.id.str();
  record.detail = access::change_detail("null", key_facts(rotated.made.key));
  return access::append_audit(tx, record);
}

Task<Result<net::Response>> rotate_key(Call call) {
  WL_CO_TRY(const auto overlap, read_overlap(call.request));
  auto work =
      [&parts = call.parts,
       workspace = call.caller.workspace,
       own = call.caller.scopes,
       which = call.request.params.at(0),
       overlap,
       confirmed = check_confirmed(call),
       record = audit_record(call, "key.rotated", "")](db::Transaction& tx) -> Result<std::string> {
    WL_TRY(const auto rotated,
           access::ApiKeys::rotate(tx, workspace, which, overlap, parts.random, parts.clock.now()));
    WL_CHECK(check_within(rotated.before.scopes, own));
    if (rotated.before.scopes.has(access::Scope::RevealTokens) && !confirmed) {
      return std::unexpected(confirmed.error());
    }
    WL_CHECK(record_rotation(tx, record, rotated));
    return created_json(rotated.made, &rotated.old);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(201, std::move(body));
}

}  // namespace

void add_key_change_routes(net::Router& router, const Parts& parts) {
  using access::Scope;
  router.add({"PATCH", "/v1/keys/{}", guarded(parts, Scope::Manage, update_key), kJsonBodyMax});
  router.add(
      {"POST", "/v1/keys/{}/rotate", guarded(parts, Scope::Manage, rotate_key), kJsonBodyMax});
}

}  // namespace wayleave::api
