#include <algorithm>

#include "api/json_writer.hpp"
#include "api/page.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"
#include "gateway/request_store.hpp"
#include "gateway/request_summary.hpp"

namespace wayleave::api {
namespace {

constexpr std::chrono::hours kSummarizedTime{1};
constexpr std::chrono::days kSummarizedTimeMax{366};

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

Result<gateway::RequestFilter> read_filter(const net::Request& request) {
  gateway::RequestFilter filter;
  WL_TRY(filter.app, query_plain(request, "app"));
  if (filter.app) filter.app = to_lower(*filter.app);
  WL_TRY(filter.user, query_plain(request, "user"));
  WL_TRY(filter.connection, query_plain(request, "connection"));
  WL_TRY(filter.method, query_plain(request, "method"));
  WL_CHECK(read_status(request, filter));
  WL_TRY(filter.code, query_plain(request, "code"));
  WL_TRY(filter.since, query_time(request, "since"));
  WL_TRY(filter.until, query_time(request, "until"));
  WL_TRY(const auto duration, query_text(request, "minDurationMs"));
  if (duration) {
    filter.duration_ms_min = whole_number(*duration);
    if (!filter.duration_ms_min) return reject("minDurationMs", "minDurationMs: a whole number");
  }
  WL_TRY(filter.request_id, query_plain(request, "requestId"));
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
Result<gateway::RequestFilter> with_user(db::Transaction& tx,
                                         const vault::Vault& vault,
                                         const WorkspaceId& workspace,
                                         gateway::RequestFilter filter) {
  if (!filter.connection || filter.user) return filter;
  auto found = vault.connections().get(tx, workspace, ConnectionId(*filter.connection));
  if (found) filter.user = std::move(found->user);
  if (!found && found.error().kind != ErrorKind::NotFound) {
    return std::unexpected(std::move(found).error());
  }
  return filter;
}

/// The same for a summary, which an index answers alone when all it asks for are the app and the
/// user of the connection and the time since it was made.
Result<gateway::RequestFilter> as_caller(db::Transaction& tx,
                                         const vault::Vault& vault,
                                         const WorkspaceId& workspace,
                                         gateway::RequestFilter filter) {
  if (!filter.connection || filter.user || filter.app) return filter;
  auto found = vault.connections().get(tx, workspace, ConnectionId(*filter.connection));
  if (!found && found.error().kind == ErrorKind::NotFound) return filter;
  if (!found) return std::unexpected(std::move(found).error());
  WL_TRY(const auto app, vault.apps().find(tx, found->app));
  filter.user = std::move(found->user);
  filter.app = app.slug;
  filter.since = std::max(*filter.since, found->created_at);
  filter.until = std::max(*filter.until, *filter.since + Millis{1});
  filter.connection.reset();
  return filter;
}

/// The log of proxied calls, newest first.
Task<Result<net::Response>> list_requests(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  WL_CO_TRY(auto filter, read_filter(call.request));
  filter.limit = page.limit + 1;
  if (!page.after.empty()) {
    const auto before = whole_number(page.after);
    if (!before || *before == 0) co_return foreign_cursor();
    filter.before_id = *before;
  }
  auto work = [&vault = call.parts.vault, workspace = call.caller.workspace, filter](
                  db::Transaction& tx) -> Result<gateway::RequestPage> {
    WL_TRY(const auto exact, with_user(tx, vault, workspace, filter));
    return gateway::list_requests(tx, workspace, exact);
  };
  WL_CO_TRY(const auto found, co_await call.parts.database.read(std::move(work)));
  if (!found.more_before) {
    co_return list_response(found.requests, page, request_json, [](const auto& request) {
      return std::to_string(request.id);
    });
  }
  std::vector<std::string> data;
  for (const auto& request : found.requests) data.push_back(request_json(request));
  co_return list_document(data, make_cursor(std::to_string(*found.more_before)));
}

Task<Result<net::Response>> show_request(Call call) {
  const auto id = whole_number(call.request.params.at(0));
  if (!id) co_return fail(ErrorKind::NotFound, "not_found", "there is no such call in the log");
  auto work = [workspace = call.caller.workspace, id](db::Transaction& tx) {
    return gateway::find_request(tx, workspace, *id);
  };
  WL_CO_TRY(const auto request, co_await call.parts.database.read(std::move(work)));
  co_return net::json_response(200, request_json(request));
}

/// Fills in what the caller left open: the last hour.
Result<> settle_time(gateway::RequestFilter& filter, Instant now) {
  if (!filter.until) filter.until = filter.since ? std::max(now, *filter.since + Millis{1}) : now;
  if (!filter.since) filter.since = *filter.until - kSummarizedTime;
  if (*filter.since >= *filter.until) return reject("since", "since: must be before until");
  if (*filter.until - *filter.since > kSummarizedTimeMax) {
    return reject("since", "since: at most 366 days before until");
  }
  return {};
}

std::string summary_json(const gateway::RequestSummary& summary) {
  const auto number_or_null = [](JsonWriter& out, const char* name, const auto& value) {
    out.raw(name, value ? std::to_string(*value) : "null");
  };
  std::vector<std::string> buckets;
  for (const gateway::RequestBucket& bucket : summary.buckets) {
    JsonWriter item;
    item.time("at", bucket.at).number("total", bucket.total).number("failed", bucket.failed);
    number_or_null(item, "p50Ms", bucket.p50_ms);
    number_or_null(item, "p95Ms", bucket.p95_ms);
    buckets.push_back(item.str());
  }
  std::vector<std::string> durations;
  for (std::size_t i = 0; i < summary.durations.size(); ++i) {
    JsonWriter item;
    const bool bounded = i < gateway::kDurationBoundsMs.size();
    item.raw("upToMs", bounded ? std::to_string(gateway::kDurationBoundsMs.at(i)) : "null")
        .number("count", summary.durations.at(i));
    durations.push_back(item.str());
  }
  JsonWriter out;
  out.time("since", summary.since)
      .time("until", summary.until)
      .number("bucketMs", summary.bucket.count())
      .raw("buckets", json_array(buckets))
      .number("total", summary.total)
      .number("failed", summary.failed)
      .raw("durations", json_array(durations))
      .boolean("partial", summary.partial);
  return out.str();
}

Task<Result<net::Response>> summarize_requests(Call call) {
  WL_CO_TRY(auto filter, read_filter(call.request));
  WL_CO_CHECK(settle_time(filter, call.parts.clock.now()));
  auto work = [&vault = call.parts.vault, workspace = call.caller.workspace, filter](
                  db::Transaction& tx) -> Result<gateway::RequestSummary> {
    WL_TRY(const auto exact, as_caller(tx, vault, workspace, filter));
    return gateway::summarize_requests(tx, workspace, exact);
  };
  WL_CO_TRY(const auto summary, co_await call.parts.database.read(std::move(work)));
  co_return net::json_response(200, summary_json(summary));
}

}  // namespace

void add_request_routes(net::Router& router, const Parts& parts) {
  const auto add = [&](const char* path, Action action) {
    router.add({"GET", path, guarded(parts, access::Scope::Read, action)});
  };
  add("/v1/requests", list_requests);
  add("/v1/requests/summary", summarize_requests);
  add("/v1/requests/{}", show_request);
}

}  // namespace wayleave::api
