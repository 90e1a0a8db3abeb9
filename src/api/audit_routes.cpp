#include <charconv>
#include <limits>

#include "api/page.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"

namespace wayleave::api {
namespace {

Result<std::int64_t> before_sequence(const Page& page) {
  std::int64_t sequence = std::numeric_limits<std::int64_t>::max();
  if (page.after.empty()) return sequence;
  const char* end = page.after.data() + page.after.size();
  const auto read = std::from_chars(page.after.data(), end, sequence);
  if (read.ec != std::errc{} || read.ptr != end) {
    return reject("cursor", "cursor: use nextCursor of the previous page as it came");
  }
  return sequence;
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
