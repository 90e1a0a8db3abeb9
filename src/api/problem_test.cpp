#include "api/problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wayleave::api {
namespace {

using testing::HasSubstr;
using testing::Not;

Error error(ErrorKind kind, std::string code, std::string detail = "why", std::string inside = {}) {
  return Error{kind, std::move(code), std::move(detail), std::move(inside), {}};
}

TEST(Problem, GivesEachCodeOfTheContractItsStatus) {
  const std::pair<const char*, int> table[] = {{"invalid_request", 400},
                                               {"unauthenticated", 401},
                                               {"forbidden", 403},
                                               {"host_not_allowed", 403},
                                               {"not_found", 404},
                                               {"app_not_found", 404},
                                               {"connection_not_found", 404},
                                               {"conflict", 409},
                                               {"reauthorization_required", 409},
                                               {"refresh_unknown", 409},
                                               {"gone", 410},
                                               {"request_too_large", 413},
                                               {"rate_limited", 429},
                                               {"internal", 500},
                                               {"upstream_unreachable", 502},
                                               {"upstream_invalid", 502},
                                               {"unavailable", 503},
                                               {"upstream_timeout", 504}};
  for (const auto& [code, status] : table) {
    const net::Response response = problem(error(ErrorKind::Internal, code), "req_1");
    EXPECT_EQ(response.status, status) << code;
    EXPECT_EQ(response.fields.get("Wayleave-Error"), code);
    EXPECT_EQ(response.fields.get("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.fields.get("Retry-After").has_value(), status == 429 || status == 503)
        << code;
  }
}

TEST(Problem, FallsBackToTheKindForOtherCodes) {
  EXPECT_EQ(status_of(error(ErrorKind::Reject, "invalid_scope")), 400);
  EXPECT_EQ(status_of(error(ErrorKind::Retry, "busy")), 503);
  EXPECT_EQ(status_of(error(ErrorKind::Conflict, "account_mismatch")), 409);
}

TEST(Problem, NamesTheFieldAndTheRequest) {
  Error wrong = error(ErrorKind::Reject, "invalid_request", "must be text");
  wrong.field = "clientId";
  const net::Response response = problem(wrong, "req_7");
  EXPECT_THAT(response.body, HasSubstr(R"("field":"clientId")"));
  EXPECT_THAT(response.body, HasSubstr(R"("requestId":"req_7")"));
  EXPECT_THAT(response.body, HasSubstr(R"("detail":"must be text")"));
}

// LG-05: neither the store's code nor its words leave the house.
TEST(Problem, AnInternalErrorTellsNothing) {
  const net::Response sealed =
      problem(error(ErrorKind::Internal, "sealed_value_damaged", "row con_1 is damaged", "SELECT"),
              "req_1");
  EXPECT_EQ(sealed.status, 500);
  EXPECT_THAT(sealed.body, Not(HasSubstr("con_1")));
  EXPECT_THAT(sealed.body, Not(HasSubstr("sealed")));
  const net::Response store =
      problem(error(ErrorKind::Retry, "database_unavailable", "no database"), "req_1");
  EXPECT_EQ(store.status, 503);
  EXPECT_THAT(store.body, HasSubstr(R"("code":"unavailable")"));
}

TEST(Problem, TakesTheStatusOfTheDataPlane) {
  ProblemContext context;
  context.status = 405;
  const net::Response response = problem(error(ErrorKind::Reject, "invalid_request"), context);
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.body, HasSubstr(R"("title":"Method Not Allowed","status":405)"));
}

TEST(Problem, TellsHowLongToWait) {
  ProblemContext context;
  context.request_id = "req_1";
  context.retry_after = std::chrono::seconds(17);
  const net::Response response = problem(error(ErrorKind::Limit, "rate_limited"), context);
  EXPECT_EQ(response.fields.get("Retry-After"), "17");
}

}  // namespace
}  // namespace wayleave::api
