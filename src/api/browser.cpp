#include "api/browser.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "connect/limits.hpp"
#include "net/upstream.hpp"

namespace wayleave::api {
namespace {

bool is_https(const BrowserParts& parts) { return parts.public_url.starts_with("https://"); }

void add_browser_fields(const BrowserParts& parts, net::Response& response) {
  response.fields.add("Cache-Control", "no-store");
  add_safety_fields(parts, response);
}

Task<net::Response> misdirected(BrowserParts parts, net::Request request) {
  connect::Notice notice;
  notice.key = "wrongHost";
  co_return notice_response(parts, request, 421, notice);
}

}  // namespace

void add_safety_fields(const BrowserParts& parts, net::Response& response) {
  response.fields.add("Referrer-Policy", "no-referrer");
  response.fields.add("X-Content-Type-Options", "nosniff");
  response.fields.add("X-Frame-Options", "DENY");
  if (is_https(parts)) response.fields.add("Strict-Transport-Security", "max-age=31536000");
}

net::Response html_page(const BrowserParts& parts, int status, connect::Page page) {
  net::Response response;
  response.status = status;
  response.body = std::move(page.html);
  response.fields.add("Content-Type", "text/html; charset=utf-8");
  response.fields.add("Content-Security-Policy", std::move(page.policy));
  add_browser_fields(parts, response);
  return response;
}

net::Response notice_response(const BrowserParts& parts,
                              const net::Request& request,
                              int status,
                              const connect::Notice& notice,
                              const connect::Scene& scene,
                              bool switchable) {
  const connect::Language& language = language_of(request, scene.language);
  return html_page(parts, status, connect::notice_page(notice, scene, language, switchable));
}

const connect::Language& language_of(const net::Request& request, std::string_view remembered) {
  const auto asked = request.query_param("lang");
  return connect::choose_language(asked ? std::string_view(*asked) : remembered,
                                  request.fields.get("Accept-Language").value_or(""));
}

net::Response see_other(const BrowserParts& parts, std::string location) {
  net::Response response;
  response.status = 303;
  response.fields.add("Location", std::move(location));
  add_browser_fields(parts, response);
  return response;
}

std::string cookie_value(const net::Fields& fields, std::string_view name) {
  std::string value;
  int found = 0;
  for (const auto& [field, text] : fields) {
    if (!iequals(field, "Cookie")) continue;
    for (const std::string_view raw : split(text, ';')) {
      const std::string_view pair = trim(raw);
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      value = pair.substr(equals + 1);
      ++found;
    }
  }
  return found == 1 ? value : std::string();
}

std::string binding_cookie(std::string_view value, bool https) {
  std::string cookie = std::string(connect::kBindingCookie) + "=" + std::string(value) +
                       "; Path=/; Max-Age=" + std::to_string(connect::kCookieLife.count()) +
                       "; HttpOnly; SameSite=Lax";
  if (https) cookie += "; Secure";
  return cookie;
}

int quality(std::string_view parameters) {
  for (const std::string_view raw : split(parameters, ';')) {
    const std::string parameter = to_lower(trim(raw));
    if (!parameter.starts_with("q=")) continue;
    const std::string text = parameter.substr(2);
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool sound = fault == std::errc{} && end == text.data() + text.size();
    return sound && value >= 0 && value <= 1 ? static_cast<int>(value * 1000) : 0;
  }
  return 1000;
}

Audience audience(std::string_view accept) {
  int json = 0;
  int html = 0;
  for (const std::string_view raw : split(accept, ',')) {
    const auto semicolon = raw.find(';');
    const std::string range = to_lower(trim(raw.substr(0, semicolon)));
    const int q = quality(semicolon == std::string_view::npos ? std::string_view()
                                                              : raw.substr(semicolon + 1));
    if (range == "application/json") json = std::max(json, q);
    if (range == "text/html" || range == "application/xhtml+xml") html = std::max(html, q);
  }
  if (json > 0 && json >= html) return Audience::Json;
  return html > 0 ? Audience::Browser : Audience::Other;
}

bool from_other_site(const net::Fields& fields) {
  const auto site = fields.get("Sec-Fetch-Site");
  return site && (*site == "cross-site" || *site == "same-site");
}

bool is_our_host(std::string_view public_url, std::string_view host) {
  if (host.empty()) return true;  // HTTP/1.0, which need not say
  const auto asked = net::Origin::parse("http://" + std::string(host));
  const auto ours = net::Origin::parse(public_url);
  if (!asked || !ours) return false;
  boost::system::error_code no_address;
  boost::asio::ip::make_address(asked->host, no_address);
  return asked->host == ours->host || asked->host == "localhost" || !no_address;
}

net::Handler for_our_host(const BrowserParts& parts, net::Handler handler) {
  return [parts, handler = std::move(handler)](net::Request request) {
    if (is_our_host(parts.public_url, request.fields.get("Host").value_or(""))) {
      return handler(std::move(request));
    }
    return misdirected(parts, std::move(request));
  };
}

}  // namespace wayleave::api
