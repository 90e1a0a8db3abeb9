#include "app/server_settings.hpp"

namespace wayleave::app {

Result<std::optional<std::string>> stored_public_url(db::Transaction& tx) {
  WL_TRY(const auto row,
         tx.query_one("SELECT value FROM server_settings WHERE name = 'public_url'"));
  if (!row) return std::nullopt;
  return (*row)[0].text();
}

Result<> store_public_url(db::Transaction& tx, const std::string& url, Instant now) {
  WL_CHECK(
      tx.execute("INSERT INTO server_settings (name, value, updated_at) VALUES"
                 " ('public_url', $1, $2) ON CONFLICT (name) DO UPDATE SET"
                 " value = excluded.value, updated_at = excluded.updated_at",
                 {url, now}));
  return {};
}

std::vector<db::Migration> migrations() {
  return {{"app", 1, R"(CREATE TABLE server_settings (
  name text PRIMARY KEY,
  value text NOT NULL,
  updated_at bigint NOT NULL);
)"}};
}

}  // namespace wayleave::app
