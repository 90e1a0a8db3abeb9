#include <fmt/core.h>

#include "api/json_writer.hpp"
#include "api/page.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"
#include "gateway/request_store.hpp"

namespace wayleave::api {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  const auto number = parse_number<std::int64_t>(text);
  return number && *number >= 0 ? number : std::nullopt;
}

/// `404`, `4xx`, or `none` for calls that were cut before an answer.
Result<> read_status(const net::Request& request, gateway::RequestFilter& filter) {
  WL_TRY(const auto text, query_text(request, "status"));
  if (!text) return {};
  if (*text == "none") {
    filter.status_class = 0;
  } else if (text->size() == 3 && text->ends_with("xx") && (*text)[0] >= '1' && (*text)[0] <= '5') {
    filter.status_class = (*text)[0] - '0';
  } else if (const auto number = whole_number(*text); number && *number >= 100 && *number <= 599) {
    filter.status = static_cast<int>(*number);
  } else {
    return reject("status", "status: a number such as 404, a class such as 5xx, or none");
  }
  return {};
}

Result<gateway::RequestFilter> read_filter(const net::Request& request, const Page& page) {
  gateway::RequestFilter filter;
  filter.limit = page.limit + 1;
  if (!page.after.empty()) {
    const auto before = whole_number(page.after);
    if (!before) return foreign_cursor();
    filter.before_id = *before;
  }
  WL_TRY(filter.app, query_text(request, "app"));
  if (filter.app) filter.app = to_lower(*filter.app);
  WL_TRY(filter.user, query_text(request, "user"));
  WL_TRY(filter.connection, query_text(request, "connection"));
  WL_TRY(filter.method, query_text(request, "method"));
  WL_CHECK(read_status(request, filter));
  WL_TRY(filter.code, query_text(request, "code"));
  WL_TRY(filter.since, query_time(request, "since"));
  WL_TRY(filter.until, query_time(request, "until"));
  WL_TRY(const auto duration, query_text(request, "minDurationMs"));
  if (duration) {
    filter.duration_ms_min = whole_number(*duration);
    if (!filter.duration_ms_min) return reject("minDurationMs", "minDurationMs: a whole number");
  }
  WL_TRY(filter.request_id, query_text(request, "requestId"));
  for (const auto* text : {&filter.app,
                           &filter.user,
                           &filter.connection,
                           &filter.method,
                           &filter.code,
                           &filter.request_id}) {
    if (*text && (has_control(**text) || !is_utf8(**text))) {
      return reject("query", "the query's texts must be UTF-8 without control characters");
    }
  }
  return filter;
}

std::string request_json(const gateway::StoredRequest& request) {
  JsonWriter out;
  out.text("id", std::to_string(request.id))
      .time("endedAt", request.ended)
      .text_or_null("app", request.app)
      .text_or_null("user", request.user)
      .text_or_null("connection", request.connection)
      .text("method", request.method)
      .text_or_null("path", request.path)
      .boolean("pathCut", request.path_cut);
  if (request.status == 0) {
    out.raw("status", "null");
  } else {
    out.number("status", request.status);
  }
  out.boolean("cut", request.cut)
      .text_or_null("code", request.code)
      .number("requestBytes", request.request_bytes)
      .number("answerBytes", request.answer_bytes)
      .number("durationMs", request.duration_ms)
      .number("providerMs", request.provider_ms)
      .number("attempts", request.attempts)
      .text("requestId", request.request_id)
      .text_or_null("traceId", request.trace_id);
  return out.str();
}

/// The calls of a connection are found by its user, which has an index. Of one that is gone they
/// are searched for.
Result<std::vector<gateway::StoredRequest>> list(db::Transaction& tx,
                                                 const vault::Vault& vault,
                                                 const WorkspaceId& workspace,
                                                 gateway::RequestFilter filter) {
  if (filter.connection && !filter.user) {
    auto found = vault.connections().get(tx, workspace, ConnectionId(*filter.connection));
    if (found) filter.user = std::move(found->user);
    if (!found && found.error().kind != ErrorKind::NotFound) {
      return std::unexpected(std::move(found).error());
    }
  }
  return gateway::list_requests(tx, workspace, filter);
}

/// The log of proxied calls, newest first.
Task<Result<net::Response>> list_requests(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  WL_CO_TRY(const auto filter, read_filter(call.request, page));
  auto work = [&vault = call.parts.vault, workspace = call.caller.workspace, filter](
                  db::Transaction& tx) { return list(tx, vault, workspace, filter); };
  WL_CO_TRY(const auto requests, co_await call.parts.database.read(std::move(work)));
  co_return list_response(
      requests, page, request_json, [](const auto& request) { return std::to_string(request.id); });
}

}  // namespace

void add_request_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/requests", guarded(parts, access::Scope::Read, list_requests)});
}

}  // namespace wayleave::api
