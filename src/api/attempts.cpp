#include "api/attempts.hpp"

#include <fmt/core.h>

#include "api/problem.hpp"
#include "base/text.hpp"

namespace wayleave::api {

std::optional<net::Response> too_many_attempts(const Parts& parts,
                                               const net::Request& request,
                                               std::string_view email) {
  const auto wait = parts.throttle.attempt(to_lower(email), request.peer, parts.clock.tick());
  if (!wait) return std::nullopt;
  const Error error{
      ErrorKind::Limit,
      "rate_limited",
      fmt::format("too many attempts from here; try again in {} seconds", wait->count())};
  ProblemContext context;
  context.request_id = request.request_id;
  context.retry_after = *wait;
  return problem(error, context);
}

void attempt_succeeded(const Parts& parts, const net::Request& request, std::string_view email) {
  parts.throttle.succeeded(to_lower(email), request.peer);
}

Task<Result<std::optional<net::Response>>> refuse_password(const Call& call,
                                                           access::Member member,
                                                           SecretString password,
                                                           std::string field) {
  const Parts& parts = call.parts;
  if (auto refused = too_many_attempts(parts, call.request, member.email)) {
    co_return std::optional<net::Response>(std::move(refused));
  }
  auto look_up = [id = member.id](db::Transaction& tx) {
    return access::Members::password(tx, id);
  };
  WL_CO_TRY(auto hash, co_await parts.database.read(std::move(look_up)));
  WL_CO_TRY(const bool right,
            co_await parts.passwords.verify(std::move(password), std::move(hash)));
  if (right) {
    attempt_succeeded(parts, call.request, member.email);
    co_return std::nullopt;
  }
  auto note = [record = audit_record(call, "confirmation.refused", member.id.str())](
                  db::Transaction& tx) { return access::append_audit(tx, record); };
  WL_CO_CHECK(co_await parts.database.write(std::move(note)));
  co_return reject(field, field + ": is wrong");
}

}  // namespace wayleave::api
