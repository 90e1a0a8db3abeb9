#include "sandbox/oauth_problem.hpp"

#include <array>
#include <boost/json.hpp>

#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

struct Words {
  std::string_view status;   // HubSpot's older pair
  std::string_view error;    // RFC 6749 section 5.2
  std::string_view message;  // of both
};

// In the order of the enumeration.
constexpr std::array kWords = std::to_array<Words>({
    {"BAD_REFRESH_TOKEN", "invalid_grant", "refresh token is invalid, expired or revoked"},
    {"BAD_AUTH_CODE", "invalid_grant", "missing or unknown auth code"},
    {"BAD_CLIENT_ID", "invalid_request", "missing or unknown client id"},
    {"BAD_CLIENT_SECRET", "invalid_client", "missing or invalid client secret"},
    {"BAD_REDIRECT_URI",
     "invalid_grant",
     "missing or unknown redirect URI, or it differs from the one of the authorize call"},
    {"BAD_GRANT_TYPE", "unsupported_grant_type", "missing or unknown grant type"},
    {"BAD_CODE_VERIFIER", "invalid_grant", "missing or invalid code verifier"},
    {"BAD_SCOPES", "invalid_scope", "missing or invalid scopes for this grant type"},
    {"BAD_HUB", "access_denied", "missing or unknown hub id"},
});

const Words& words(OauthProblem problem) { return kWords[static_cast<std::size_t>(problem)]; }

}  // namespace

std::string_view status_name(OauthProblem problem) { return words(problem).status; }

net::Response answer(OauthProblem problem, std::string_view correlation_id) {
  namespace json = boost::json;
  const Words& text = words(problem);
  net::Response response = reply(400,
                                 {{"status", json::string_view(text.status)},
                                  {"message", json::string_view(text.message)},
                                  {"error", json::string_view(text.error)},
                                  {"error_description", json::string_view(text.message)},
                                  {"correlationId", json::string_view(correlation_id)}});
  response.fields.add("Cache-Control", "no-store");
  return response;
}

}  // namespace wayleave::sandbox
