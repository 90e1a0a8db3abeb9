#include "api/key_rules.hpp"

#include "api/json_writer.hpp"
#include "api/shapes.hpp"

namespace wayleave::api {

Result<> check_within(const access::Scopes& wanted, const access::Scopes& own) {
  if ((wanted.bits() & ~own.bits()) == 0) return {};
  auto error = fail(ErrorKind::Denied,
                    "forbidden",
                    "scopes: a key cannot give scopes that it does not have itself");
  error.error().field = "scopes";
  return error;
}

std::string key_facts(const access::ApiKey& key) {
  JsonWriter out;
  out.text("name", key.name)
      .texts("scopes", key.scopes.names())
      .texts("allowedAddresses", key.allowed.texts())
      .time("expiresAt", key.expires_at)
      .time("revokedAt", key.revoked_at);
  return out.str();
}

std::string created_json(const access::NewApiKey& created, const access::ApiKey* old) {
  JsonWriter out;
  out.text("id", created.key.id.str());
  created.secret.expose([&](std::string_view secret) { out.text("key", secret); });
  out.text("name", created.key.name)
      .texts("scopes", created.key.scopes.names())
      .texts("allowedAddresses", created.key.allowed.texts())
      .text("hint", created.key.hint)
      .time("createdAt", created.key.created_at)
      .time("expiresAt", created.key.expires_at);
  if (old != nullptr) out.raw("old", key_json(*old));
  return out.str();
}

}  // namespace wayleave::api
