#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "gateway/request_record.hpp"

namespace wayleave::gateway {

/// A record with its moment on the calendar, as it goes into the table.
struct DatedRequest {
  Instant ended;
  OwnedRequest request;
};

/// A stored call. Its id grows with the moment it ended; see docs/decisions/0022.
struct StoredRequest {
  std::int64_t id = 0;
  Instant ended;
  std::string app;
  std::string user;
  std::string connection;
  std::string method;
  std::string path;
  bool path_cut = false;
  int status = 0;
  bool cut = false;
  std::string code;
  std::int64_t request_bytes = 0;
  std::int64_t answer_bytes = 0;
  std::int64_t duration_ms = 0;
  std::int64_t provider_ms = 0;
  std::int64_t attempts = 0;
  std::string request_id;
  std::string trace_id;
};

/// What is asked for; what is not set does not matter.
struct RequestFilter {
  std::optional<std::string> app = {};  ///< slug
  std::optional<std::string> user = {};
  std::optional<std::string> connection = {};  ///< id; has no index: give its user as well
  std::optional<std::string> method = {};
  std::optional<int> status = {};        ///< exactly
  std::optional<int> status_class = {};  ///< status / 100; 0: cut before an answer
  std::optional<std::string> code = {};
  std::optional<Instant> since = {};  ///< ended then or later
  std::optional<Instant> until = {};  ///< ended before
  std::optional<std::int64_t> duration_ms_min = {};
  std::optional<std::string> request_id = {};
  std::int64_t from_id = 0;    ///< 0: to the oldest
  std::int64_t before_id = 0;  ///< of the last one on the page before; 0: from the newest on
  int limit = 50;
};

/// Stores all in the caller's transaction.
[[nodiscard]] Result<> store_requests(db::Transaction& tx, std::span<const DatedRequest> requests);
/// A statement and its parameters.
struct Query {
  std::string sql;
  std::vector<db::Value> params;
};
/// What `list_requests` asks. Exactly one condition may choose an index, the one that is likely to
/// leave the fewest rows: a database without statistics would as soon take the index of the app
/// that all rows have.
[[nodiscard]] Query requests_query(const WorkspaceId& workspace, const RequestFilter& filter);
/// Newest first. A filter that no index answers alone is looked for among the newest 20,000 calls
/// that an index finds; when that leaves room, `more_before` is the `before_id` to go on with.
struct RequestPage {
  std::vector<StoredRequest> requests;
  std::optional<std::int64_t> more_before;
};
[[nodiscard]] Result<RequestPage> list_requests(db::Transaction& tx,
                                                const WorkspaceId& workspace,
                                                const RequestFilter& filter);
/// `not_found` for one of another workspace as well.
[[nodiscard]] Result<StoredRequest> find_request(db::Transaction& tx,
                                                 const WorkspaceId& workspace,
                                                 std::int64_t id);
/// Whether `prune_requests` would find something.
[[nodiscard]] Result<bool> needs_pruning(db::Transaction& tx,
                                         Instant oldest,
                                         std::int64_t rows_max);
/// Deletes the oldest of those that ended before `oldest` or are beyond the newest `rows_max`, at
/// most `limit`, and tells how many it were.
[[nodiscard]] Result<std::int64_t> prune_requests(db::Transaction& tx,
                                                  Instant oldest,
                                                  std::int64_t rows_max,
                                                  std::int64_t limit);

/// The tables of this room.
[[nodiscard]] std::vector<db::Migration> migrations();

}  // namespace wayleave::gateway
