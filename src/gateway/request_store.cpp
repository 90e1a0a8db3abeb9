#include "gateway/request_store.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "gateway/request_conditions.hpp"
#include "gateway/request_minutes.hpp"

namespace wayleave::gateway {
namespace {

constexpr int kPageMax = 1'000;

constexpr std::int64_t kNumberMask = (std::int64_t{1} << kIdNumberBits) - 1;

db::Value text_or_null(const std::string& text) {
  return text.empty() ? db::Value() : db::Value(text);
}

/// The last of `count` numbers that are the caller's.
Result<std::int64_t> take_numbers(db::Transaction& tx, std::int64_t count) {
  WL_TRY(const auto row,
         tx.query_one("INSERT INTO request_log_total (name, numbers, rows) VALUES ('all', $1, $1) "
                      "ON CONFLICT (name) DO UPDATE SET numbers = request_log_total.numbers + $1, "
                      "rows = request_log_total.rows + $1 RETURNING numbers",
                      {count}));
  if (!row) return internal("the request log gave no numbers");
  return (*row)[0].integer();
}

constexpr std::string_view kColumns =
    "id, workspace, app, user_id, connection, method, path, path_cut, status, class, cut, code, "
    "request_bytes, answer_bytes, duration_ms, provider_ms, attempts, request_id, trace_id";
constexpr std::size_t kColumnCount = 19;
/// To begin a statement costs nearly as much as a row, so rows go in by so many where there are.
constexpr std::size_t kRowsPerStatement = 25;

std::string insert_sql(std::size_t rows) {
  std::string sql = "INSERT INTO request_log (" + std::string(kColumns) + ") VALUES ";
  for (std::size_t i = 0; i < rows * kColumnCount; ++i) {
    const bool begins = i % kColumnCount == 0;
    if (i > 0) sql += begins ? "), " : ", ";
    if (begins) sql += '(';
    sql += '$' + std::to_string(i + 1);
  }
  return sql + ')';
}

void append_row(std::vector<db::Value>& out, std::int64_t number, const DatedRequest& dated) {
  const OwnedRequest& request = dated.request;
  const RequestFacts& facts = request.facts;
  out.emplace_back(first_id_at(dated.ended) | (number & kNumberMask));
  out.emplace_back(request[RequestText::Workspace]);
  out.push_back(text_or_null(request[RequestText::App]));
  out.push_back(text_or_null(request[RequestText::User]));
  out.push_back(text_or_null(request[RequestText::Connection]));
  out.emplace_back(request[RequestText::Method]);
  out.emplace_back(request[RequestText::Path]);
  out.emplace_back(facts.path_cut);
  out.emplace_back(int{facts.status});
  out.emplace_back(facts.status / 100);
  out.emplace_back(facts.cut);
  out.push_back(text_or_null(request[RequestText::Code]));
  out.emplace_back(static_cast<std::int64_t>(facts.request_bytes));
  out.emplace_back(static_cast<std::int64_t>(facts.answer_bytes));
  out.emplace_back(std::int64_t{facts.duration_ms});
  out.emplace_back(std::int64_t{facts.provider_ms});
  out.emplace_back(int{facts.attempts});
  out.emplace_back(request[RequestText::RequestId]);
  out.push_back(text_or_null(request[RequestText::TraceId]));
}

/// `number`: of the first one.
Result<> store(db::Transaction& tx, std::int64_t number, std::span<const DatedRequest> requests) {
  static const std::string one = insert_sql(1);
  static const std::string many = insert_sql(kRowsPerStatement);
  while (!requests.empty()) {
    const bool enough = requests.size() >= kRowsPerStatement;
    const std::size_t count = enough ? kRowsPerStatement : 1;
    std::vector<db::Value> values;
    values.reserve(count * kColumnCount);
    for (const DatedRequest& each : requests.first(count)) append_row(values, number++, each);
    WL_CHECK(tx.execute(enough ? many : one, std::move(values)));
    requests = requests.subspan(count);
  }
  return {};
}

constexpr std::string_view kSelect =
    "SELECT id, app, user_id, connection, method, path, path_cut, status, cut, code, "
    "request_bytes, answer_bytes, duration_ms, provider_ms, attempts, request_id, trace_id "
    "FROM request_log ";

StoredRequest read_request(const db::Row& row) {
  StoredRequest read;
  read.id = row[0].integer();
  read.ended = ended_at(read.id);
  read.app = row[1].text();
  read.user = row[2].text();
  read.connection = row[3].text();
  read.method = row[4].text();
  read.path = row[5].text();
  read.path_cut = row[6].boolean();
  read.status = static_cast<int>(row[7].integer());
  read.cut = row[8].boolean();
  read.code = row[9].text();
  read.request_bytes = row[10].integer();
  read.answer_bytes = row[11].integer();
  read.duration_ms = row[12].integer();
  read.provider_ms = row[13].integer();
  read.attempts = row[14].integer();
  read.request_id = row[15].text();
  read.trace_id = row[16].text();
  return read;
}

/// The page of a filter whose rows an index has in order.
Result<RequestPage> list_part(db::Transaction& tx,
                              const WorkspaceId& workspace,
                              const RequestFilter& wanted) {
  RequestFilter filter = wanted;
  RequestPage page;
  if (!request_lead(workspace, filter).is_all) {
    WL_TRY(page.more_before, request_floor(tx, workspace, filter));
    filter.from_id = page.more_before.value_or(0);
  }
  Query query = requests_query(workspace, filter);
  WL_TRY(const auto rows, tx.query(query.sql, std::move(query.params)));
  page.requests.reserve(rows.size());
  for (const db::Row& row : rows) page.requests.push_back(read_request(row));
  if (rows.size() >= static_cast<std::size_t>(filter.limit)) page.more_before.reset();
  return page;
}

}  // namespace

Result<> store_requests(db::Transaction& tx, std::span<const DatedRequest> requests) {
  if (requests.empty()) return {};
  const auto count = static_cast<std::int64_t>(requests.size());
  WL_TRY(const auto last, take_numbers(tx, count));
  WL_CHECK(count_minutes(tx, requests));
  return store(tx, last - count + 1, requests);
}

Query requests_query(const WorkspaceId& workspace, const RequestFilter& filter) {
  RequestConditions conditions = request_conditions(workspace, filter);
  std::string sql = std::string(kSelect) + "WHERE " + conditions.sql() +
                    " ORDER BY id DESC LIMIT " +
                    std::to_string(std::clamp(filter.limit, 1, kPageMax));
  return {std::move(sql), conditions.take_params()};
}

Result<StoredRequest> find_request(db::Transaction& tx,
                                   const WorkspaceId& workspace,
                                   std::int64_t id) {
  WL_TRY(const auto row,
         tx.query_one(std::string(kSelect) + "WHERE id = $1 AND (workspace || '') = $2",
                      {id, workspace}));
  if (!row) {
    return fail(ErrorKind::NotFound,
                "not_found",
                "the request log holds no such call; old ones are deleted");
  }
  return read_request(*row);
}

Result<RequestPage> list_requests(db::Transaction& tx,
                                  const WorkspaceId& workspace,
                                  const RequestFilter& wanted) {
  RequestFilter filter = wanted;
  filter.limit = std::clamp(filter.limit, 1, kPageMax);
  WL_TRY(const auto parts, by_index(tx, workspace, filter));
  RequestPage page;
  for (const RequestFilter& part : parts) {
    WL_TRY(auto found, list_part(tx, workspace, part));
    std::ranges::move(found.requests, std::back_inserter(page.requests));
    page.more_before = std::max(page.more_before, found.more_before);
  }
  std::ranges::sort(page.requests, std::ranges::greater(), &StoredRequest::id);
  // Below where one part stopped to look, the others' calls are for the next page.
  if (page.more_before) {
    std::erase_if(page.requests, [&](const auto& each) { return each.id < *page.more_before; });
  }
  const auto limit = static_cast<std::size_t>(filter.limit);
  if (page.requests.size() < limit) return page;
  page.requests.resize(limit);
  page.more_before.reset();
  return page;
}

Result<bool> needs_pruning(db::Transaction& tx, Instant oldest, std::int64_t rows_max) {
  WL_TRY(const auto total, tx.query_one("SELECT rows FROM request_log_total WHERE name = 'all'"));
  if (!total) return false;
  if ((*total)[0].integer() > rows_max) return true;
  WL_TRY(const auto aged,
         tx.query_one("SELECT id FROM request_log WHERE id < $1 LIMIT 1", {first_id_at(oldest)}));
  if (aged) return true;
  return has_minutes_before(tx, oldest);
}

Result<std::int64_t> prune_requests(db::Transaction& tx,
                                    Instant oldest,
                                    std::int64_t rows_max,
                                    std::int64_t limit) {
  WL_TRY(const auto total, tx.query_one("SELECT rows FROM request_log_total WHERE name = 'all'"));
  if (!total) return 0;
  const std::int64_t beyond = std::clamp((*total)[0].integer() - rows_max, std::int64_t{0}, limit);
  std::int64_t deleted = 0;
  if (beyond > 0) {
    WL_TRY(deleted,
           tx.execute("DELETE FROM request_log WHERE id IN "
                      "(SELECT id FROM request_log ORDER BY id LIMIT $1)",
                      {beyond}));
  }
  if (deleted < limit) {
    WL_TRY(const auto aged,
           tx.execute("DELETE FROM request_log WHERE id IN "
                      "(SELECT id FROM request_log WHERE id < $1 ORDER BY id LIMIT $2)",
                      {first_id_at(oldest), limit - deleted}));
    deleted += aged;
  }
  WL_CHECK(delete_minutes_before(tx, oldest, limit));
  if (deleted == 0) return 0;
  WL_CHECK(
      tx.execute("UPDATE request_log_total SET rows = rows - $1 WHERE name = 'all'", {deleted}));
  return deleted;
}

std::vector<db::Migration> migrations() {
  return {{"gateway", 1, R"(CREATE TABLE request_log (
  id bigint PRIMARY KEY,
  workspace text NOT NULL,
  app text,
  user_id text,
  connection text,
  method text NOT NULL,
  path text NOT NULL,
  path_cut bigint NOT NULL,
  status bigint NOT NULL,
  class bigint NOT NULL,
  cut bigint NOT NULL,
  code text,
  request_bytes bigint NOT NULL,
  answer_bytes bigint NOT NULL,
  duration_ms bigint NOT NULL,
  provider_ms bigint NOT NULL,
  attempts bigint NOT NULL,
  request_id text NOT NULL,
  trace_id text);
CREATE INDEX request_log_newest ON request_log (workspace, id);
CREATE INDEX request_log_app ON request_log (workspace, app, id);
CREATE INDEX request_log_user ON request_log (workspace, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX request_log_request ON request_log (request_id);
CREATE INDEX request_log_class ON request_log (workspace, class, id) WHERE class <> 2;
CREATE INDEX request_log_code ON request_log (workspace, code, id) WHERE code IS NOT NULL;
CREATE INDEX request_log_slow ON request_log (workspace, id) WHERE duration_ms >= 1000;
CREATE TABLE request_log_total (
  name text PRIMARY KEY,
  numbers bigint NOT NULL,
  rows bigint NOT NULL);
)"},
          {"gateway", 2, R"(CREATE INDEX request_log_connection
  ON request_log (connection, id, class, cut) WHERE connection IS NOT NULL;
)"},
          // The calls of a connection are those of its app and user: one index serves both. What a
          // summary needs stands in the indexes, for rows lie scattered.
          {"gateway", 3, R"(DROP INDEX request_log_connection;
DROP INDEX request_log_user;
CREATE INDEX request_log_caller ON request_log (workspace, user_id, app, id, class, cut, duration_ms)
  WHERE user_id IS NOT NULL;
DROP INDEX request_log_class;
CREATE INDEX request_log_class ON request_log (workspace, class, id, cut, duration_ms)
  WHERE class <> 2;
)"},
          minutes_migration(4)};
}

}  // namespace wayleave::gateway
