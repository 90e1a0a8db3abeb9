#include "app/server_settings.hpp"

namespace wayleave::app {

Result<ServerSettings> load_server_settings(db::Transaction& tx) {
  WL_TRY(const auto rows, tx.query("SELECT name, value FROM server_settings"));
  ServerSettings settings;
  for (const db::Row& row : rows) {
    if (row[0].text() == "public_url") settings.public_url = row[1].text();
    if (row[0].text() == "sandbox") settings.sandbox = row[1].text();
  }
  return settings;
}

Result<> store_server_settings(db::Transaction& tx, const ServerSettings& settings, Instant now) {
  for (const auto& [name, value] :
       {std::pair("public_url", settings.public_url), std::pair("sandbox", settings.sandbox)}) {
    WL_CHECK(
        tx.execute("INSERT INTO server_settings (name, value, updated_at) VALUES ($1, $2, $3)"
                   " ON CONFLICT (name) DO UPDATE SET value = excluded.value,"
                   " updated_at = excluded.updated_at",
                   {name, value, now}));
  }
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
