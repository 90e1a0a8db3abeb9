#include <fmt/core.h>

#include "api/idempotency.hpp"
#include "api/parts.hpp"
#include "api/problem.hpp"

namespace wayleave::api {
namespace {

net::Response refused(Log& log, const Error& error, const std::string& request_id) {
  if (status_of(error) >= 500) {
    log.error("api.failed",
              {{"request", request_id}, {"code", error.code}, {"detail", error.operator_detail}});
  }
  return problem(error, request_id);
}

Error missing_scope(access::Scope scope) {
  access::Scopes needed;
  needed.add(scope);
  return {ErrorKind::Denied,
          "forbidden",
          fmt::format("this call needs a key with scope {}", needed.names().front())};
}

Task<Result<net::Response>> run(const Parts& parts,
                                std::optional<access::Scope> scope,
                                Action action,
                                net::Request request) {
  std::string authorization = authorization_of(request);
  std::string peer = request.peer;
  WL_CO_TRY(auto caller,
            co_await parts.authenticator.authenticate(std::move(authorization), std::move(peer)));
  if (scope && !caller.scopes.has(*scope)) co_return std::unexpected(missing_scope(*scope));
  Call call{parts, std::move(caller), std::move(request)};
  if (call.request.method == "POST" && call.request.fields.count("Idempotency-Key") != 0) {
    co_return co_await once(action, std::move(call));
  }
  co_return co_await action(std::move(call));
}

Task<net::Response> serve(const Parts& parts,
                          std::optional<access::Scope> scope,
                          Action action,
                          net::Request request) {
  const std::string request_id = request.request_id;
  const std::string method = request.method;
  auto answer = co_await run(parts, scope, action, std::move(request));
  if (!answer) co_return refused(parts.log, answer.error(), request_id);
  if (method != "GET" && parts.changed) co_await parts.changed();
  if (!answer->fields.get("Cache-Control")) answer->fields.add("Cache-Control", "no-store");
  answer->fields.set("X-Content-Type-Options", "nosniff");
  co_return std::move(*answer);
}

}  // namespace

net::Handler guarded(const Parts& parts, std::optional<access::Scope> scope, Action action) {
  return [&parts, scope, action](net::Request request) {
    return serve(parts, scope, action, std::move(request));
  };
}

access::AuditRecord audit_record(const Call& call,
                                 std::string action,
                                 std::string target,
                                 std::string detail) {
  access::AuditRecord record;
  record.at = call.parts.clock.now();
  record.workspace = call.caller.workspace;
  record.actor = call.caller.actor;
  record.action = std::move(action);
  record.target = std::move(target);
  record.detail = std::move(detail);
  return record;
}

}  // namespace wayleave::api
