#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/request_store.hpp"

// How questions to the table `request_log` are put. For this room only.
namespace wayleave::gateway {

/// An id is the millisecond in which the call ended and then the low bits of a running number, so
/// that one index serves both the order and the time, and processes that share the table do not
/// meet: they would have to store a million records within that millisecond.
inline constexpr int kIdNumberBits = 20;
[[nodiscard]] inline std::int64_t first_id_at(Instant at) { return to_millis(at) << kIdNumberBits; }
[[nodiscard]] inline Instant ended_at(std::int64_t id) { return from_millis(id >> kIdNumberBits); }

/// A WHERE clause that is put together condition by condition.
class RequestConditions {
 public:
  /// `before` and then the value.
  void add(std::string_view before, db::Value value);
  void add_fixed(std::string_view condition);
  [[nodiscard]] const std::string& sql() const { return sql_; }
  [[nodiscard]] std::vector<db::Value> take_params() { return std::move(params_); }

 private:
  std::string sql_;
  std::vector<db::Value> params_;
};

/// All of the filter but its limit, such that exactly one index can answer. With a user an app
/// belongs (`by_index`).
[[nodiscard]] RequestConditions request_conditions(const WorkspaceId& workspace,
                                                   const RequestFilter& filter);

/// What of it that index answers, and whether that is all.
struct RequestLead {
  RequestConditions conditions;
  bool is_all = true;
};
[[nodiscard]] RequestLead request_lead(const WorkspaceId& workspace, const RequestFilter& filter);

/// Filters that each have rows in the order of an index and together find the same: the calls of a
/// user come app by app.
[[nodiscard]] Result<std::vector<RequestFilter>> by_index(db::Transaction& tx,
                                                          const WorkspaceId& workspace,
                                                          const RequestFilter& filter);

/// So many rows are looked at for one page or one summary.
inline constexpr std::int64_t kRequestsLookedAt = 20'000;
/// The id before which the index has more than that many; nullopt: it has no more.
[[nodiscard]] Result<std::optional<std::int64_t>> request_floor(
    db::Transaction& tx,
    const WorkspaceId& workspace,
    const RequestFilter& filter,
    std::int64_t looked_at = kRequestsLookedAt);

}  // namespace wayleave::gateway
