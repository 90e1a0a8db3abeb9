#include "vault/refresh/ending.hpp"

#include <map>
#include <string>

#include "vault/holding.hpp"
#include "vault/json_text.hpp"

namespace wayleave::vault {
namespace {

using std::chrono::days;

Result<> record(db::Transaction& tx, const Warning& warning, Instant now) {
  WL_CHECK(tx.execute("UPDATE refresh_work SET warned = $2 WHERE connection = $1",
                      {warning.connection.id, warning.days}));
  const auto detail = to_json(std::map<std::string, std::string>{
      {"days", std::to_string(warning.days)}, {"endsAt", to_rfc3339(warning.dies_at)}});
  return access::append_audit(
      tx, connection_record(warning.connection, "connection.expiring", detail, now));
}

}  // namespace

std::optional<int> warning_due(Instant dies_at, std::optional<std::int64_t> warned, Instant now) {
  std::optional<int> due;
  for (const int left : kWarningDays) {
    if (dies_at - now <= days{left} && (!warned || *warned > left)) due = left;
  }
  return due;
}

Result<std::vector<Warning>> warn_of_ends(db::Transaction& tx,
                                          const Connections& connections,
                                          Instant now,
                                          int limit) {
  WL_TRY(const auto rows,
         tx.query("SELECT connection, dies_at, warned FROM refresh_work WHERE dies_at <= $1 AND "
                  "(warned IS NULL OR (warned > 7 AND dies_at <= $2) OR "
                  "(warned > 1 AND dies_at <= $3)) ORDER BY dies_at LIMIT $4",
                  {now + days{14}, now + days{7}, now + days{1}, limit}));
  std::vector<Warning> warnings;
  for (const auto& row : rows) {
    std::optional<std::int64_t> warned;
    if (!row[2].is_null()) warned = row[2].integer();
    const auto due = warning_due(row[1].time(), warned, now);
    WL_TRY(auto connection, connections.find(tx, ConnectionId{row[0].text()}));
    if (!due || !connection) continue;
    warnings.push_back({*std::move(connection), row[1].time(), *due});
    WL_CHECK(record(tx, warnings.back(), now));
  }
  return warnings;
}

}  // namespace wayleave::vault
