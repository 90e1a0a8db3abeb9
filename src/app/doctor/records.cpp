#include <fmt/core.h>

#include "access/audit.hpp"
#include "app/core.hpp"
#include "app/doctor/look.hpp"
#include "vault/refresh/journal.hpp"

namespace wayleave::app {
namespace {

using State = Finding::State;

constexpr Millis kClockTolerance{60'000};
constexpr Millis kServerClockTolerance{5'000};

Result<std::string> setting(db::Transaction& tx, const char* name) {
  WL_TRY(const auto row, tx.query_one("SELECT setting FROM pg_settings WHERE name = $1", {name}));
  return row ? row->front().text() : std::string();
}

struct ServerFacts {
  std::string version;
  std::string fsync;
  std::string full_page_writes;
  std::int64_t now_ms = 0;
};

Result<ServerFacts> server_facts(db::Transaction& tx) {
  ServerFacts facts;
  WL_TRY(facts.version, setting(tx, "server_version"));
  WL_TRY(facts.fsync, setting(tx, "fsync"));
  WL_TRY(facts.full_page_writes, setting(tx, "full_page_writes"));
  WL_TRY(
      const auto row,
      tx.query_one("SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)"));
  if (row) facts.now_ms = row->front().integer();
  return facts;
}

}  // namespace

Finding look_at_history(db::Database& database) {
  auto work = [](db::Transaction& tx) {
    access::AuditFilter newest;
    newest.limit = 1;
    return access::list_audit(tx, WorkspaceId("default"), newest);
  };
  const auto last = database.read_blocking(std::move(work));
  if (!last) return unreadable("audit trail", last.error());
  const auto& records = last->records;
  if (!records.empty() && records.front().at > SystemClock().now() + kClockTolerance) {
    return {State::Broken,
            "audit trail",
            "its last record is from the future: " + to_rfc3339(records.front().at),
            "the clock went back; set it right before tokens are judged by it",
            "clock_went_back"};
  }
  return {State::Fine, "audit trail", records.empty() ? "empty" : to_rfc3339(records.front().at)};
}

Finding look_at_connections(db::Database& database) {
  const auto counts =
      database.read_blocking([](db::Transaction& tx) { return vault::count_connections(tx); });
  if (!counts) return unreadable("connections", counts.error());
  std::int64_t all = 0;
  std::int64_t unknown = 0;
  for (const auto& [state, count] : *counts) {
    all += count;
    if (state == vault::State::RefreshUnknown) unknown += count;
  }
  if (unknown > 0) {
    return {
        State::Warning,
        "connections",
        fmt::format("{} of {} may have lost their token: the provider's answer to a refresh never"
                    " came (refresh_unknown)",
                    unknown,
                    all),
        "a running server tries them again; those that stay so need a new consent (wayleave"
        " connection list --state refresh_unknown)",
        "refresh_unknown"};
  }
  return {State::Fine, "connections", fmt::format("{} stored", all)};
}

Finding look_at_emergency(const Config& config) {
  int kept = 0;
  std::string where;
  for (const auto& folder : emergency_folders(config.data)) {
    const int here = vault::count_kept(folder);
    if (here > 0) where += (where.empty() ? "" : ", ") + folder.string();
    kept += here;
  }
  if (kept == 0) return {State::Fine, "emergency folder", "empty"};
  return {
      State::Broken,
      "emergency folder",
      fmt::format("{} tokens that the database did not take lie in {}", kept, where),
      "mend the database (see above) and let a server run: it stores them; do not delete them and"
      " do not reboot before, what is in /dev/shm would be lost",
      "emergency_not_empty"};
}

std::vector<Finding> look_at_records(const OpenStore& store) {
  return {look_at_connections(store.database), look_at_history(store.database)};
}

std::vector<Finding> look_at_postgres(const Config& config, db::Database& database) {
  if (!config.sqlite_path().empty()) return {};
  const Instant before = SystemClock().now();
  const auto facts = database.read_blocking([](db::Transaction& tx) { return server_facts(tx); });
  if (!facts) return {unreadable("PostgreSQL", facts.error())};
  const Millis apart = from_millis(facts->now_ms) - before;
  const std::string name = "PostgreSQL";
  if (facts->fsync == "off") {
    return {{State::Broken,
             name,
             "fsync is off: a power cut loses tokens that were stored, and may damage the database",
             "ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();",
             "postgres_fsync_off"}};
  }
  if (facts->full_page_writes == "off") {
    return {{State::Warning,
             name,
             "full_page_writes is off: a power cut may damage the database",
             "ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf();",
             "postgres_full_page_writes_off"}};
  }
  if (std::chrono::abs(apart) > kServerClockTolerance) {
    return {{State::Warning,
             name,
             fmt::format("its clock is {} ms apart from this machine's", apart.count()),
             "run an NTP client on both",
             "clocks_apart"}};
  }
  return {{State::Fine, name, facts->version + ", commits are on the disk when they return"}};
}

}  // namespace wayleave::app
