#include "api/connect_routes.hpp"

#include <utility>

#include "api/problem.hpp"
#include "connect/page.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kFormBodyMax = 4 * 1024;

net::Response link_refused(const BrowserParts& parts, const Error& error) {
  const int status = status_of(error);
  if (status >= 500) {
    parts.log.error("connect.link_failed",
                    {{"code", error.code}, {"detail", error.operator_detail}});
  }
  net::Response response = notice_response(parts, status, connect::notice_of_link(error));
  if (status == 429 || status == 503) response.fields.set("Retry-After", "1");
  return response;
}

Task<net::Response> show_link(BrowserParts parts, net::Request request) {
  const auto view = co_await parts.installer.view(request.params.at(0));
  if (!view) co_return link_refused(parts, view.error());
  const connect::Ask ask{view->app.slug, view->provider_name, view->authorize_origin, view->grants};
  std::vector<std::string> origins{view->authorize_origin};
  if (!view->return_origin.empty()) origins.push_back(view->return_origin);
  co_return html_page(parts, 200, connect::ask_page(ask), origins);
}

Task<net::Response> follow_link(BrowserParts parts, net::Request request) {
  if (from_other_site(request.fields)) {
    co_return link_refused(parts,
                           Error{ErrorKind::Denied, "forbidden", "open the install link itself"});
  }
  std::string cookie = cookie_value(request.fields, connect::kBindingCookie);
  auto started = co_await parts.installer.follow(request.params.at(0), std::move(cookie));
  if (!started) co_return link_refused(parts, started.error());
  net::Response response = see_other(parts, std::move(started->authorize_url));
  response.fields.add(
      "Set-Cookie",
      binding_cookie(started->browser_cookie, parts.public_url.starts_with("https://")));
  co_return response;
}

}  // namespace

void add_connect_routes(net::Router& router, const BrowserParts& parts) {
  router.add(
      {"GET",
       "/connect/{}",
       for_our_host(parts,
                    [parts](net::Request request) { return show_link(parts, std::move(request)); }),
       kFormBodyMax});
  router.add(
      {"POST",
       "/connect/{}",
       for_our_host(
           parts, [parts](net::Request request) { return follow_link(parts, std::move(request)); }),
       kFormBodyMax});
}

}  // namespace wayleave::api
