#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

#include "api/json_writer.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "api/session_cookie.hpp"

namespace wayleave::api {
namespace {

Task<net::Response> healthz(net::Request) {
  co_return net::json_response(200, R"({"status":"ok"})");
}

/// The root key needs no look: without one that fits nothing is served at all (VT-05).
Task<net::Response> readyz(const Parts& parts, net::Request request) {
  if (parts.leaving && parts.leaving()) {
    const Error error{ErrorKind::Retry, "unavailable", "the server is about to stop"};
    co_return problem(error, request.request_id);
  }
  auto work = [](db::Transaction& tx) -> Result<bool> {
    WL_TRY(const auto row, tx.query_one("SELECT 1"));
    return row.has_value();
  };
  Error error{ErrorKind::Retry, "unavailable", "the database takes no writes at the moment"};
  // OP-02. Asked first: a reader would wait for a server that is away.
  if (!parts.database.state().writable) co_return problem(error, request.request_id);
  const auto ready = co_await parts.database.read(std::move(work));
  if (ready && *ready) co_return net::json_response(200, R"({"status":"ready"})");
  error.detail = "the database does not answer";
  co_return problem(error, request.request_id);
}

bool is_loopback(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

/// Open to this machine; others show a key with scope `read` (AD-06).
Task<net::Response> metrics(const Parts& parts, net::Request request) {
  if (!is_loopback(request.peer)) {
    Evidence evidence = evidence_of(request, parts.public_url);
    const auto caller = co_await parts.authenticator.authenticate(std::move(evidence));
    if (!caller) co_return problem(caller.error(), request.request_id);
    if (!caller->scopes.has(access::Scope::Read)) {
      Error error{ErrorKind::Denied, "forbidden", "metrics need a key with scope read"};
      co_return problem(error, request.request_id);
    }
  }
  std::ostringstream text;
  if (parts.metrics) prometheus::TextSerializer().Serialize(text, parts.metrics());
  net::Response response = net::text_response(200, text.str());
  response.fields.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  co_return response;
}

std::string_view to_string(HealthCheck::Status status) {
  switch (status) {
    case HealthCheck::Status::Ok:
      return "ok";
    case HealthCheck::Status::Warning:
      return "warning";
    case HealthCheck::Status::Failed:
      return "failed";
  }
  return "failed";
}

/// How the server is, for people: the worst of its checks and each of them.
Task<Result<net::Response>> show_health(Call call) {
  const HealthReport report = call.parts.health ? call.parts.health() : HealthReport{};
  auto worst = HealthCheck::Status::Ok;
  std::vector<std::string> checks;
  for (const HealthCheck& check : report.checks) {
    worst = std::max(worst, check.status);
    JsonWriter item;
    item.text("name", check.name)
        .text("status", to_string(check.status))
        .text("text", check.text)
        .text_or_null("remedy", check.remedy);
    checks.push_back(item.str());
  }
  JsonWriter out;
  out.text("status", to_string(worst))
      .text("version", report.version)
      .time("startedAt", report.started_at)
      .raw("checks", json_array(checks));
  co_return net::json_response(200, out.str());
}

}  // namespace

void add_health_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/healthz", healthz});
  router.add({"HEAD", "/healthz", healthz});
  router.add({"GET", "/readyz", [&parts](net::Request request) {
                return readyz(parts, std::move(request));
              }});
  router.add({"GET", "/v1/health", guarded(parts, access::Scope::Read, show_health)});
  router.add({"GET", "/metrics", [&parts](net::Request request) {
                return metrics(parts, std::move(request));
              }});
}

}  // namespace wayleave::api
