#pragma once

#include <string>
#include <string_view>

#include "api/authentication.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/message.hpp"

namespace wayleave::api {

/// `wayleave_session`; on https with the prefix `__Host-`, which no other host can set (AD-01).
[[nodiscard]] std::string_view session_cookie_name(std::string_view public_url);
/// The Set-Cookie value that begins a session: HttpOnly, Secure on https, SameSite=Lax since the
/// way back from single sign-on comes from another site.
[[nodiscard]] std::string session_cookie(std::string_view public_url, std::string_view token);
/// The one that ends it.
[[nodiscard]] std::string ended_session_cookie(std::string_view public_url);
/// The cookie as sent; empty when there is none or more than one.
[[nodiscard]] SecretString presented_session(const net::Request& request,
                                             std::string_view public_url);

/// What the request shows. An Authorization header wins over the cookie, and the cookie counts
/// below `/v1/` only.
[[nodiscard]] Evidence evidence_of(const net::Request& request, std::string_view public_url);

/// All methods but GET and HEAD.
[[nodiscard]] bool is_unsafe(std::string_view method);
/// Refuses (`csrf`) what a browser says another origin sent; programs say nothing.
[[nodiscard]] Result<> check_same_origin(const net::Request& request, std::string_view public_url);
/// The same and, for an unsafe method, the header `Wayleave-Console: 1`, which a page of another
/// origin cannot add (AD-03). For requests that show a session.
[[nodiscard]] Result<> check_console(const net::Request& request, std::string_view public_url);

}  // namespace wayleave::api
