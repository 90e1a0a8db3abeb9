#include <limits>

#include "api/page.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"
#include "base/text.hpp"

namespace wayleave::api {
namespace {

Result<std::int64_t> before_sequence(const Page& page) {
  if (page.after.empty()) return std::numeric_limits<std::int64_t>::max();
  const auto sequence = parse_number<std::int64_t>(page.after);
  if (!sequence) return foreign_cursor();
  return *sequence;
}

/// Newest first.
Task<Result<net::Response>> list_audit(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  WL_CO_TRY(const auto before, before_sequence(page));
  auto work = [workspace = call.caller.workspace, before, limit = page.limit + 1](
                  db::Transaction& tx) { return access::list_audit(tx, workspace, before, limit); };
  WL_CO_TRY(const auto records, co_await call.parts.database.read(std::move(work)));
  co_return list_response(records, page, audit_json, [](const access::AuditRecord& record) {
    return std::to_string(record.sequence);
  });
}

}  // namespace

void add_audit_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/audit", guarded(parts, access::Scope::Manage, list_audit)});
}

}  // namespace wayleave::api
