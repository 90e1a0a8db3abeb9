#include "api/session_cookie.hpp"

#include "api/browser.hpp"
#include "net/upstream.hpp"

namespace wayleave::api {
namespace {

constexpr std::string_view kName = "wayleave_session";
constexpr std::string_view kHostName = "__Host-wayleave_session";

bool is_https(std::string_view public_url) { return public_url.starts_with("https://"); }

std::string cookie(std::string_view public_url, std::string_view value, std::string_view more) {
  std::string text(session_cookie_name(public_url));
  text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax").append(more);
  if (is_https(public_url)) text += "; Secure";
  return text;
}

std::unexpected<Error> foreign(std::string detail) {
  return fail(ErrorKind::Denied, "csrf", std::move(detail));
}

}  // namespace

std::string_view session_cookie_name(std::string_view public_url) {
  return is_https(public_url) ? kHostName : kName;
}

std::string session_cookie(std::string_view public_url, std::string_view token) {
  return cookie(public_url, token, "");
}

std::string ended_session_cookie(std::string_view public_url) {
  return cookie(public_url, "", "; Max-Age=0");
}

SecretString presented_session(const net::Request& request, std::string_view public_url) {
  return SecretString(cookie_value(request.fields, session_cookie_name(public_url)));
}

Evidence evidence_of(const net::Request& request, std::string_view public_url) {
  Evidence evidence;
  evidence.authorization = authorization_of(request);
  evidence.peer = request.peer;
  if (request.path.starts_with("/v1/") && request.fields.count("Authorization") == 0) {
    evidence.session = presented_session(request, public_url);
  }
  return evidence;
}

bool is_unsafe(std::string_view method) { return method != "GET" && method != "HEAD"; }

Result<> check_same_origin(const net::Request& request, std::string_view public_url) {
  const auto site = request.fields.get("Sec-Fetch-Site");
  if (site && *site != "same-origin") return foreign("this request came from another site");
  const auto origin = request.fields.get("Origin");
  if (!origin) return {};
  const auto ours = net::Origin::parse(public_url);
  if (!ours || *origin != ours->str()) {
    return foreign("this request came from another origin; open the console at " +
                   std::string(public_url));
  }
  return {};
}

Result<> check_console(const net::Request& request, std::string_view public_url) {
  if (!is_unsafe(request.method)) return {};
  if (request.fields.get("Wayleave-Console") != "1") {
    return foreign("a session changes something only with the header Wayleave-Console: 1");
  }
  return check_same_origin(request, public_url);
}

}  // namespace wayleave::api
