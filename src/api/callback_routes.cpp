#include "api/callback_routes.hpp"

#include <utility>

#include "api/json_writer.hpp"
#include "api/problem.hpp"

namespace wayleave::api {
namespace {

using Ended = std::expected<connect::Connected, connect::NotConnected>;

constexpr std::size_t kCallbackBodyMax = 64 * 1024;  // DS-04

std::string result_url(const BrowserParts& parts, const std::string& id) {
  return parts.public_url + "/connect/result/" + percent_encode(id);
}

net::Response json_answer(const Ended& ended, const std::string& request_id) {
  net::Response response;
  if (ended) {
    JsonWriter body;
    body.text("message", "User Registered").text("userForeignIdentifier", ended->connection.user);
    response = net::json_response(200, body.str());
    response.fields.set("Cache-Control", "no-store");
  } else {
    response = problem(ended.error().error, request_id);
  }
  response.fields.set("Referrer-Policy", "no-referrer");
  response.fields.set("X-Content-Type-Options", "nosniff");
  return response;
}

/// The result page words it in the same way.
net::Response page_answer(const BrowserParts& parts,
                          const Ended& ended,
                          const net::Request& request) {
  if (ended) {
    const bool limited = !ended->scene.missing.empty();
    const connect::Notice notice = connect::notice_of(connect::Outcome::Connected, limited);
    return notice_response(parts, request, 200, notice, ended->scene);
  }
  const connect::NotConnected& failed = ended.error();
  return notice_response(
      parts, request, status_of(failed.error), connect::notice_of(failed.outcome), failed.scene);
}

net::Response answer(const BrowserParts& parts, const Ended& ended, const net::Request& request) {
  const Audience asks = audience(request.fields.get("Accept").value_or(""));
  if (asks == Audience::Json) return json_answer(ended, request.request_id);
  const std::string& return_url = ended ? ended->return_url : ended.error().return_url;
  if (!return_url.empty()) return see_other(parts, return_url);
  const std::string& result_id = ended ? ended->result_id : ended.error().result_id;
  const bool held_code = request.query_count("code") != 0;
  if (asks == Audience::Browser && held_code && !result_id.empty()) {
    return see_other(parts, result_url(parts, result_id));
  }
  return page_answer(parts, ended, request);
}

Task<net::Response> take_callback(BrowserParts parts, net::Request request) {
  connect::Callback callback;
  callback.provider = request.params.at(0);
  callback.app = request.params.at(1);
  // A query that cannot be decoded has no parameters: refused as such.
  callback.query = parse_form(request.query).value_or(FormFields{});
  callback.browser_cookie = cookie_value(request.fields, connect::kBindingCookie);
  callback.peer = request.peer;
  const Ended ended = co_await parts.installer.callback(std::move(callback));

  net::Response response = answer(parts, ended, request);
  response.fields.set("Vary", "Accept");
  co_return response;
}

Task<net::Response> show_result(BrowserParts parts, net::Request request) {
  std::string cookie = cookie_value(request.fields, connect::kBindingCookie);
  const auto view = co_await parts.installer.result(request.params.at(0), std::move(cookie));
  if (!view) {
    connect::Notice notice;
    notice.tone = connect::Notice::Tone::Calm;
    notice.key = "noResult";
    co_return notice_response(parts, request, status_of(view.error()), notice);
  }
  const connect::Notice notice = connect::notice_of(view->outcome, !view->scene.missing.empty());
  co_return notice_response(parts, request, 200, notice, view->scene, true);
}

/// The button "try again": the same trip in the same browser.
Task<net::Response> repeat_trip(BrowserParts parts, net::Request request) {
  Result<connect::Started> started = fail(ErrorKind::Denied, "forbidden", "another site's form");
  if (!from_other_site(request.fields)) {
    std::string cookie = cookie_value(request.fields, connect::kBindingCookie);
    started = co_await parts.installer.repeat(request.params.at(0), std::move(cookie));
  }
  if (started) {
    net::Response response = see_other(parts, std::move(started->authorize_url));
    response.fields.add(
        "Set-Cookie",
        binding_cookie(started->browser_cookie, parts.public_url.starts_with("https://")));
    co_return response;
  }
  const Error& error = started.error();
  if (error.code != "gone") {
    const connect::Notice notice = connect::notice_of_link(error, connect::LinkEnd::None);
    co_return notice_response(parts, request, status_of(error), notice);
  }
  connect::Notice notice;
  notice.tone = connect::Notice::Tone::Calm;
  notice.key = "noRepeat";
  notice.advice = connect::Notice::Advice::StartAgain;
  co_return notice_response(parts, request, status_of(error), notice);
}

}  // namespace

void add_callback_routes(net::Router& router, const BrowserParts& parts) {
  router.add({"GET",
              "/{}/{}/callback",
              for_our_host(parts,
                           [parts](net::Request request) {
                             return take_callback(parts, std::move(request));
                           }),
              kCallbackBodyMax});
  router.add(
      {"GET",
       "/connect/result/{}",
       for_our_host(
           parts, [parts](net::Request request) { return show_result(parts, std::move(request)); }),
       kCallbackBodyMax});
  router.add(
      {"POST",
       "/connect/result/{}",
       for_our_host(
           parts, [parts](net::Request request) { return repeat_trip(parts, std::move(request)); }),
       kCallbackBodyMax});
}

}  // namespace wayleave::api
