#include <atomic>

#include "access/audit_seal.hpp"
#include "api/audit_query.hpp"
#include "api/json_writer.hpp"
#include "api/page.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"

namespace wayleave::api {
namespace {

/// One verification at a time: each reads the whole trail.
std::atomic<bool> verifying = false;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

class Turn {
 public:
  Turn() : mine_(!verifying.exchange(true)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (mine_) verifying = false;
  }
  [[nodiscard]] bool mine() const { return mine_; }

 private:
  bool mine_;
};

/// Newest first.
Task<Result<net::Response>> list_audit(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  WL_CO_TRY(auto filter, read_audit_filter(call.request));
  filter.limit = page.limit;
  if (!page.after.empty()) {
    WL_CO_TRY(filter.before, audit_place(page.after));
  }
  auto work = [workspace = call.caller.workspace, filter](db::Transaction& tx) {
    return access::list_audit(tx, workspace, filter);
  };
  WL_CO_TRY(const auto found, co_await call.parts.database.read(std::move(work)));
  std::vector<std::string> data;
  for (const auto& record : found.records) data.push_back(audit_json(record));
  co_return list_document(data, found.next ? make_cursor(to_cursor_place(*found.next)) : "");
}

template <class T>
JsonWriter& number_or_null(JsonWriter& out, std::string_view name, const std::optional<T>& number) {
  return number ? out.number(name, *number) : out.raw(name, "null");
}

std::string verdict_json(const access::TrailVerdict& verdict) {
  JsonWriter out;
  out.boolean("intact", verdict.intact).number("records", verdict.records);
  number_or_null(out, "chainedFrom", verdict.chained_from);
  number_or_null(out, "sealedUpTo", verdict.sealed_up_to);
  out.time("sealedSince", verdict.sealed_since);
  number_or_null(out, "firstBroken", verdict.first_broken);
  return out.text_or_null("fault", verdict.fault).str();
}

/// The whole trail, whatever workspace its records are about: they form one chain.
Task<Result<net::Response>> verify_audit(Call call) {
  const Turn turn;
  if (!turn.mine()) {
    co_return fail(ErrorKind::Limit,
                   "rate_limited",
                   "the audit trail is being verified already; ask again when that is done");
  }
  access::TrailWalk walk(call.parts.keys, access::TrailWalk::From::Start);
  bool more = true;
  while (more) {
    auto work = [&walk](db::Transaction& tx) { return walk.read(tx); };
    WL_CO_TRY(const auto piece, co_await call.parts.database.read(std::move(work)));
    more = walk.take(piece);
  }
  co_return net::json_response(200, verdict_json(walk.verdict()));
}

}  // namespace

void add_audit_routes(net::Router& router, const Parts& parts) {
  using access::Scope;
  router.add({"GET", "/v1/audit", guarded(parts, Scope::Manage, list_audit)});
  router.add({"POST", "/v1/audit/verify", guarded(parts, Scope::Manage, verify_audit)});
  add_audit_export_route(router, parts);
}

}  // namespace wayleave::api
