#include "access/sso_flow.hpp"

#include "access/digest.hpp"

namespace wayleave::access {
namespace {

std::string digest_of(std::string_view state) { return hex_digest(SecretString(state)); }

}  // namespace

Result<> SsoFlows::begin(db::Transaction& tx,
                         std::string_view state,
                         std::string_view return_to,
                         Instant now) {
  WL_CHECK(tx.execute("DELETE FROM sso_flow WHERE created_at <= $1", {now - kSsoFlowLife}));
  WL_TRY(const auto count, tx.query_one("SELECT count(*) FROM sso_flow"));
  if (count && (*count)[0].integer() >= kSsoFlowsMax) {
    return fail(ErrorKind::Limit, "rate_limited", "too many sign-ins are on their way");
  }
  WL_CHECK(
      tx.execute("INSERT INTO sso_flow (state_digest, return_to, created_at) VALUES ($1, $2, $3)",
                 {digest_of(state), return_to, now}));
  return {};
}

Result<std::string> SsoFlows::spend(db::Transaction& tx, std::string_view state, Instant now) {
  WL_TRY(
      const auto row,
      tx.query_one("DELETE FROM sso_flow WHERE state_digest = $1 RETURNING return_to, created_at",
                   {digest_of(state)}));
  if (!row || now >= (*row)[1].time() + kSsoFlowLife) {
    return fail(ErrorKind::NotFound, "not_found", "there is no such sign-in on its way");
  }
  return (*row)[0].text();
}

}  // namespace wayleave::access
