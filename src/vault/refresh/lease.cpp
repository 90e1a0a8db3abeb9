#include "vault/refresh_intent.hpp"

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::vault {

std::string token_fingerprint(const SecretString& refresh_token) {
  // A refresh token is as good as random: a keyed digest would protect nothing more.
  const auto digest =
      refresh_token.expose([](std::string_view token) { return crypto::sha256(token); });
  return std::string(as_text(digest));
}

Result<> begin_intent(db::Transaction& tx, const RefreshIntent& intent) {
  WL_TRY(const auto row,
         tx.query_one("SELECT id FROM connection WHERE id = $1 AND version = $2",
                      {intent.connection, intent.version}));
  if (!row) {
    return fail(ErrorKind::Conflict, "conflict", "the connection was changed at the same time");
  }
  WL_CHECK(tx.execute(
      "INSERT INTO refresh_intent (connection, version, fingerprint, started_at) "
      "VALUES ($1, $2, $3, $4) ON CONFLICT (connection) DO UPDATE SET "
      "version = excluded.version, fingerprint = excluded.fingerprint, "
      "started_at = excluded.started_at",
      {intent.connection, intent.version, db::Blob{intent.fingerprint}, intent.started_at}));
  return {};
}

Result<> end_intent(db::Transaction& tx, const ConnectionId& connection) {
  WL_CHECK(tx.execute("DELETE FROM refresh_intent WHERE connection = $1", {connection}));
  return {};
}

Result<std::vector<RefreshIntent>> open_intents(db::Transaction& tx) {
  WL_TRY(const auto rows,
         tx.query("SELECT connection, version, fingerprint, started_at FROM refresh_intent "
                  "ORDER BY started_at"));
  std::vector<RefreshIntent> intents;
  intents.reserve(rows.size());
  for (const auto& row : rows) {
    intents.push_back(
        {ConnectionId{row[0].text()}, row[1].integer(), row[2].blob(), row[3].time()});
  }
  return intents;
}

}  // namespace wayleave::vault
