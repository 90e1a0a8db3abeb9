#include "api/connect_routes.hpp"

#include <utility>

#include "api/console_routes.hpp"
#include "api/json_writer.hpp"
#include "api/problem.hpp"
#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kFormBodyMax = 4 * 1024;

/// What the address of an install link says besides the link. A parameter that comes twice or
/// cannot be decoded is none of ours: an opener that no app has.
connect::Visit read_visit(const net::Request& request) {
  connect::Visit visit;
  if (request.query_count("origin") > 0) {
    visit.opener = request.query_param("origin").value_or("?");
    if (visit.opener.empty()) visit.opener = "?";
  }
  const auto asked = request.query_param("lang");
  const auto* language = asked ? connect::find_language(*asked) : nullptr;
  if (language != nullptr) visit.language = language->tag;
  return visit;
}

Task<net::Response> link_refused(BrowserParts parts, net::Request request, Error error) {
  const int status = status_of(error);
  if (status >= 500) {
    parts.log.error("connect.link_failed",
                    {{"code", error.code}, {"detail", error.operator_detail}});
  }
  connect::Visit visit = read_visit(request);
  const auto refusal = co_await parts.installer.refusal(request.params.at(0), std::move(visit));
  net::Response response = notice_response(
      parts, request, status, connect::notice_of_link(error, refusal.end), refusal.scene);
  if (status == 429 || status == 503) response.fields.set("Retry-After", "1");
  co_return response;
}

Task<net::Response> show_link(BrowserParts parts, net::Request request) {
  connect::Visit visit = read_visit(request);
  const std::string opener = visit.opener;
  const auto view = co_await parts.installer.view(request.params.at(0), std::move(visit));
  if (!view) {
    Error error = view.error();
    co_return co_await link_refused(parts, std::move(request), std::move(error));
  }
  const connect::Ask ask{view->app.slug,
                         view->provider_name,
                         view->authorize_origin,
                         view->return_origin,
                         opener,
                         view->permissions,
                         view->appearance};
  co_return html_page(parts, 200, connect::ask_page(ask, language_of(request)));
}

Task<net::Response> follow_link(BrowserParts parts, net::Request request) {
  if (from_other_site(request.fields)) {
    Error error{ErrorKind::Denied, "forbidden", "open the install link itself"};
    co_return co_await link_refused(parts, std::move(request), std::move(error));
  }
  std::string cookie = cookie_value(request.fields, connect::kBindingCookie);
  connect::Visit visit = read_visit(request);
  auto started =
      co_await parts.installer.follow(request.params.at(0), std::move(cookie), std::move(visit));
  if (!started) {
    Error error = std::move(started).error();
    co_return co_await link_refused(parts, std::move(request), std::move(error));
  }
  net::Response response = see_other(parts, std::move(started->authorize_url));
  response.fields.add(
      "Set-Cookie",
      binding_cookie(started->browser_cookie, parts.public_url.starts_with("https://")));
  co_return response;
}

/// Only a page that the app names hears anything, and only it may read the answer.
Task<net::Response> tell_status(BrowserParts parts, net::Request request) {
  const bool one = request.fields.count("Origin") == 1;
  const std::string origin(one ? request.fields.get("Origin").value_or("") : "");
  std::string asking = origin;
  const auto found = co_await parts.installer.status(request.params.at(0), std::move(asking));
  net::Response response;
  if (found) {
    JsonWriter body;
    body.text("status", found->status)
        .text_or_null("reason", found->reason)
        .text("app", found->app)
        .text("user", found->user)
        .boolean("limited", found->limited)
        .number("sinceMs", found->since.count());
    response = net::json_response(200, body.str());
    response.fields.add("Access-Control-Allow-Origin", origin);
  } else {
    response = problem(found.error(), request.request_id);
  }
  response.fields.set("Cache-Control", "no-store");
  response.fields.set("Vary", "Origin");
  add_safety_fields(parts, response);
  co_return response;
}

/// A file that may be kept for a few minutes and is asked for again with its validator.
net::Response script_response(const BrowserParts& parts,
                              const net::Request& request,
                              std::string_view bytes,
                              std::string_view etag) {
  const std::string quoted = '"' + std::string(etag) + '"';
  net::Response response;
  response.fields.add("ETag", quoted);
  response.fields.add("Cache-Control", "public, max-age=300");
  add_safety_fields(parts, response);
  if (names_etag(request.fields.get("If-None-Match").value_or(""), quoted)) {
    response.status = 304;
    return response;
  }
  response.fields.add("Content-Type", "text/javascript; charset=utf-8");
  response.body = bytes;
  return response;
}

Task<net::Response> show_result_script(BrowserParts parts, net::Request request) {
  static const std::string etag = to_base64url(as_text(crypto::sha256(connect::result_script())));
  net::Response response = script_response(parts, request, connect::result_script(), etag);
  response.fields.add("Cross-Origin-Resource-Policy", "same-origin");
  co_return response;
}

Task<net::Response> show_sdk(BrowserParts parts, const EmbeddedAsset* file, net::Request request) {
  net::Response response = script_response(parts, request, file->bytes(), file->etag);
  // Any company's page loads it; with CORS, so that an integrity digest can be checked.
  response.fields.add("Cross-Origin-Resource-Policy", "cross-origin");
  response.fields.add("Access-Control-Allow-Origin", "*");
  co_return response;
}

}  // namespace

void add_connect_routes(net::Router& router, const BrowserParts& parts) {
  const auto add = [&](const char* method,
                       const char* path,
                       Task<net::Response> (*handle)(BrowserParts, net::Request)) {
    router.add({method,
                path,
                for_our_host(parts,
                             [parts, handle](net::Request request) {
                               return handle(parts, std::move(request));
                             }),
                kFormBodyMax});
  };
  add("GET", "/connect/{}", show_link);
  add("POST", "/connect/{}", follow_link);
  add("GET", "/connect/{}/status", tell_status);
  add("GET", "/connect/result.js", show_result_script);
}

void add_connect_script(net::Router& router,
                        const BrowserParts& parts,
                        const EmbeddedAsset* files) {
  for (const EmbeddedAsset* file = files; file->name != nullptr; ++file) {
    if (std::string_view(file->name) != "connect.js") continue;
    router.add({"GET",
                "/connect.js",
                for_our_host(parts,
                             [parts, file](net::Request request) {
                               return show_sdk(parts, file, std::move(request));
                             }),
                kFormBodyMax});
  }
}

}  // namespace wayleave::api
