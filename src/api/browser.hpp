#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "connect/installer.hpp"
#include "connect/page.hpp"
#include "net/handler.hpp"
#include "net/message.hpp"

namespace wayleave::api {

/// What the routes a customer's browser sees work with. The references must outlive the router.
struct BrowserParts {
  connect::Installer& installer;
  Log& log;
  std::string public_url;  ///< without trailing slash; never taken from a request (OA-09)
};

/// For every answer that a browser sees: not to be framed, sniffed or named as referrer; HSTS when
/// the public URL is https (AD-04).
void add_safety_fields(const BrowserParts& parts, net::Response& response);
/// A page with the headers of OA-11 and OA-12: never cached, framed, sniffed or named as referrer;
/// HSTS when the public URL is https.
[[nodiscard]] net::Response html_page(const BrowserParts& parts, int status, connect::Page page);
/// In the language of `?lang=`, else of the trip, else of `Accept-Language`.
/// @param switchable  see connect::notice_page
[[nodiscard]] net::Response notice_response(const BrowserParts& parts,
                                            const net::Request& request,
                                            int status,
                                            const connect::Notice& notice,
                                            const connect::Scene& scene = {},
                                            bool switchable = false);
/// The language to answer a request in. `remembered`: a tag that was asked for before; may be
/// empty.
[[nodiscard]] const connect::Language& language_of(const net::Request& request,
                                                   std::string_view remembered = {});
/// 303 with the same headers.
[[nodiscard]] net::Response see_other(const BrowserParts& parts, std::string location);

/// The value of a cookie; empty when it is missing or comes more than once, since then nobody knows
/// whose it is.
[[nodiscard]] std::string cookie_value(const net::Fields& fields, std::string_view name);
/// `wayleave_flow`: HttpOnly, SameSite=Lax so that it comes along with the provider's redirect,
/// Secure on https (OA-02).
[[nodiscard]] std::string binding_cookie(std::string_view value, bool https);

/// The `q` among the parameters of one item of an Accept field, in thousandths; 1000 when there is
/// none, 0 when it is malformed (RFC 9110 section 12.4.2).
[[nodiscard]] int quality(std::string_view parameters);

/// Who asks, by `Accept` (RFC 9110 section 12.5.1): a browser going somewhere names HTML, a program
/// that wants JSON names it and likes it at least as much; anybody else is neither.
enum class Audience { Browser, Json, Other };
[[nodiscard]] Audience audience(std::string_view accept);

/// True when `host` (a Host field's value) may ask for the pages served at `public_url`: its own
/// name, or an address or `localhost`, as reverse proxies and people at the machine write it. Any
/// other name is a page of somebody else's that leads here (HT-07).
[[nodiscard]] bool is_our_host(std::string_view public_url, std::string_view host);
/// The handler behind that question: a foreign name is answered 421.
[[nodiscard]] net::Handler for_our_host(const BrowserParts& parts, net::Handler handler);

/// True when the browser says that another site caused the request (Fetch Metadata). Older browsers
/// say nothing.
[[nodiscard]] bool from_other_site(const net::Fields& fields);

}  // namespace wayleave::api
