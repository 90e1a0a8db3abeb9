#include "gateway/proxy_call.hpp"

#include "access/credentials.hpp"
#include "base/text.hpp"
#include "crypto/api_key.hpp"
#include "gateway/jobs.hpp"
#include "vault/app.hpp"
#include "vault/connection.hpp"

namespace wayleave::gateway {
namespace {

Result<> read_key(const net::http1::RequestHead& head, ProxyCall& call) {
  const auto presented = access::presented_key(head.get("Authorization").value_or(""));
  if (head.count("Authorization") != 1 || !presented) return std::unexpected(unauthenticated());
  const auto digest = crypto::api_key_digest(presented->key);
  call.digest.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
  call.key_id = presented->key_id;
  return {};
}

Result<> read_user(const net::http1::RequestHead& head, ProxyCall& call) {
  const auto named = head.get("Wayleave-User");
  if (head.count("Wayleave-User") > 1) {
    return reject("Wayleave-User", "Wayleave-User stands twice");
  }
  if (call.path.has_user) {
    const auto decoded = percent_decode(call.path.encoded_user);
    if (!decoded) return reject("user", "the user in the path holds a broken percent escape");
    if (named && *named != *decoded) {
      return reject("Wayleave-User", "Wayleave-User and the user in the path differ");
    }
    WL_TRY(call.user, vault::parse_user(*decoded));
    return {};
  }
  if (!named) {
    return reject("Wayleave-User",
                  "say for whom: send 'Wayleave-User: ID' or put '@ID' after the app in the path");
  }
  WL_TRY(call.user, vault::parse_user(*named));
  return {};
}

}  // namespace

Result<> read_head(const net::http1::RequestHead& head, ProxyCall& call) {
  WL_CHECK(read_key(head, call));
  WL_TRY(call.policy,
         parse_call_policy(head.get("Wayleave-Timeout").value_or(""),
                           head.get("Wayleave-Retries").value_or("")));
  auto slug = vault::parse_slug(call.path.app);
  if (!slug) return std::unexpected(vault::app_not_found());
  call.slug = *std::move(slug);
  if (call.is_envelope()) return {};
  call.base = head.get("Wayleave-Base").value_or("");
  return read_user(head, call);
}

}  // namespace wayleave::gateway
