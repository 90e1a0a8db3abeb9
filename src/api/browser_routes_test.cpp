#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/callback_routes.hpp"
#include "api/connect_routes.hpp"
#include "connect/installer_rig.hpp"

namespace wayleave::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kBrowser = "text/html,application/xhtml+xml,*/*;q=0.8";

/// The browser's routes over a real installer, called as a worker would.
class BrowserRoutes : public ::testing::Test {
 protected:
  BrowserRoutes() {
    const BrowserParts parts{rig_.installer(), log_, "https://gateway.example"};
    add_callback_routes(router_, parts);
    add_connect_routes(router_, parts);
  }

  net::Response call(const std::string& method, const std::string& url, net::Fields fields = {}) {
    constexpr std::string_view origin = "https://gateway.example";
    net::Request request;
    request.method = method;
    request.target = url.starts_with(origin) ? url.substr(origin.size()) : url;
    const auto mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    if (mark != std::string::npos) request.query = request.target.substr(mark + 1);
    request.fields = std::move(fields);
    request.peer = "127.0.0.1";
    request.request_id = "req_1";
    auto match = router_.match(method, request.path);
    if (match.route == nullptr) {
      ADD_FAILURE() << "no route for " << method << " " << request.path;
      return {};
    }
    request.params = std::move(match.params);
    return rig_.run(match.route->handler(std::move(request)));
  }
  net::Response open(const std::string& url, const std::string& accept = kBrowser) {
    return call("GET", url, {{"Accept", accept}});
  }
  /// Where the provider sends the browser back to.
  std::string callback_url(const std::string& authorize_url, const std::string& query) {
    const FormFields fields = connect::query_of(authorize_url);
    return connect::field(fields, "redirect_uri") + "?state=" + connect::field(fields, "state") +
           "&" + query;
  }
  static std::string header(const net::Response& response, std::string_view name) {
    return std::string(response.fields.get(name).value_or("(none)"));
  }
  /// OA-11, OA-12
  static void expect_safe(const net::Response& response) {
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(response, "Strict-Transport-Security"), "max-age=31536000");
  }
  static void expect_page(const net::Response& response, int status) {
    EXPECT_EQ(response.status, status);
    expect_safe(response);
    EXPECT_EQ(header(response, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(header(response, "Content-Security-Policy"), StartsWith("default-src 'none';"));
    EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(header(response, "Location"), "(none)");
  }

  connect::Rig rig_;
  Log log_{Log::Level::Off};
  net::Router router_;
};

// OA-12: the address that stays in the browser holds no code.
TEST_F(BrowserRoutes, SuccessLeavesTheAddressThatHeldTheCode) {
  const net::Response back = open(callback_url(rig_.begin(), "code=the-code"));
  EXPECT_EQ(back.status, 303);
  expect_safe(back);
  const std::string location = header(back, "Location");
  EXPECT_THAT(location, StartsWith("https://gateway.example/connect/result/flw_"));
  EXPECT_THAT(location, Not(HasSubstr("code")));
  const net::Response page = open(location);
  expect_page(page, 200);
  EXPECT_THAT(page.body, HasSubstr("Acme is connected"));
  EXPECT_THAT(page.body, Not(HasSubstr("user-1")));
}

TEST_F(BrowserRoutes, SuccessIsJsonForAProgramThatAsksForIt) {
  const net::Response answer =
      open(callback_url(rig_.begin(), "code=c"), "application/json, text/plain, */*");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"message":"User Registered","userForeignIdentifier":"user-1"})");
  EXPECT_EQ(header(answer, "Content-Type"), "application/json");
  EXPECT_EQ(header(answer, "Vary"), "Accept");
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
  EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
}

TEST_F(BrowserRoutes, SuccessIsAPageForAnyOtherProgram) {
  const net::Response answer = open(callback_url(rig_.begin(), "code=c"), "*/*");
  expect_page(answer, 200);
  EXPECT_THAT(answer.body, HasSubstr("Acme is connected"));
}

TEST_F(BrowserRoutes, ReturnUrlWins) {
  connect::Invitation invitation = rig_.invitation();
  invitation.return_url = "https://saas.example/done";
  const net::Response back = open(callback_url(rig_.begin(std::move(invitation)), "code=c"));
  EXPECT_EQ(back.status, 303);
  EXPECT_EQ(header(back, "Location"),
            "https://saas.example/done?status=connected&userForeignIdentifier=user-1");
  expect_safe(back);
}

// OA-11
TEST_F(BrowserRoutes, ADeniedConsentIsTextOnAPage) {
  const std::string url = callback_url(
      rig_.begin(), "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
  const net::Response page = open(url);
  expect_page(page, 400);
  EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  expect_page(open(url), 400);
}

TEST_F(BrowserRoutes, AFailedExchangeLeavesTheAddressToo) {
  rig_.provider.break_down();
  const net::Response back = open(callback_url(rig_.begin(), "code=c"));
  EXPECT_EQ(back.status, 303);
  EXPECT_THAT(open(header(back, "Location")).body, HasSubstr("Please try again"));
  const net::Response json = open(callback_url(rig_.begin(), "code=c"), "application/json");
  EXPECT_EQ(json.status, 502);
  EXPECT_EQ(header(json, "Wayleave-Error"), "upstream_unreachable");
}

// OA-01, OA-08, OA-13: whatever is not the callback of a flow answers 400 where it happened, leads
// nowhere and says nothing of what was sent.
TEST_F(BrowserRoutes, ForgedCallbacksAreRefusedInPlace) {
  connect::Invitation invitation = rig_.invitation();
  invitation.return_url = "https://saas.example/done";
  const std::string good = callback_url(rig_.begin(std::move(invitation)), "code=canary");
  const std::string path = good.substr(0, good.find('?'));
  std::string elsewhere = good;
  elsewhere.replace(elsewhere.find("/acme/"), 6, "/hubspot/");
  for (const std::string& url : {path,
                                 path + "?code=canary",
                                 path + "?code=canary&state=" + std::string(43, 'x'),
                                 path + "?code=canary&state=%",
                                 path + "?code=canary%00&state=" + std::string(43, 'x'),
                                 good + "&code=canary",
                                 good + "&iss=https%3A%2F%2Fevil.example",
                                 good + "&error=x",
                                 elsewhere}) {
    const net::Response page = open(url);
    expect_page(page, 400);
    EXPECT_THAT(page.body, Not(HasSubstr("canary"))) << url;
    const net::Response json = open(url, "application/json");
    EXPECT_EQ(json.status, 400) << url;
    EXPECT_EQ(header(json, "Content-Type"), "application/problem+json");
    EXPECT_EQ(header(json, "Wayleave-Error"), "invalid_request");
    EXPECT_THAT(json.body, Not(HasSubstr("canary"))) << url;
  }
  EXPECT_TRUE(rig_.provider.asked().empty());
  EXPECT_EQ(open(good).status, 303);
}

TEST_F(BrowserRoutes, TheConnectPageAsksAndItsButtonBindsTheBrowser) {
  const connect::Link link = rig_.link();
  const net::Response page = open(link.url);
  expect_page(page, 200);
  EXPECT_THAT(page.body, HasSubstr("Connect Acme to acme-app"));
  EXPECT_THAT(page.body, HasSubstr("<li>See your things</li>"));
  EXPECT_THAT(page.body, Not(HasSubstr(connect::token_of(link))));
  EXPECT_THAT(header(page, "Content-Security-Policy"),
              HasSubstr("form-action 'self' https://login.acme.example"));
  EXPECT_EQ(header(page, "Set-Cookie"), "(none)");

  const net::Response gone = call("POST", link.url, {{"Sec-Fetch-Site", "same-origin"}});
  EXPECT_EQ(gone.status, 303);
  expect_safe(gone);
  EXPECT_THAT(header(gone, "Location"), StartsWith("https://login.acme.example/authorize?"));
  const std::string cookie = header(gone, "Set-Cookie");
  EXPECT_THAT(cookie, StartsWith("wayleave_flow="));
  EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Lax; Secure"));

  const std::string back = callback_url(header(gone, "Location"), "code=c");
  expect_page(open(back), 400);
  const net::Response done =
      call("GET",
           back,
           {{"Accept", kBrowser}, {"Cookie", "other=1; " + cookie.substr(0, cookie.find(';'))}});
  EXPECT_EQ(done.status, 303);
  expect_page(open(link.url), 410);
  EXPECT_EQ(call("POST", link.url).status, 410);
}

TEST_F(BrowserRoutes, AnotherSiteCannotPressTheButton) {
  const connect::Link link = rig_.link();
  const net::Response page = call("POST", link.url, {{"Sec-Fetch-Site", "cross-site"}});
  expect_page(page, 403);
  EXPECT_EQ(header(page, "Set-Cookie"), "(none)");
}

TEST_F(BrowserRoutes, UnknownLinksAndResultsAreNotFound) {
  expect_page(open("/connect/nothing-here"), 404);
  expect_page(open("/connect/" + std::string(43, 'x')), 404);
  expect_page(open("/connect/result/flw_unknown"), 404);
}

TEST_F(BrowserRoutes, AreServedUnderTheirOwnNameOnly) {  // HT-07
  const std::string back = callback_url(rig_.begin(), "code=the-code");
  const net::Response refused = call("GET", back, {{"Accept", kBrowser}, {"Host", "evil.example"}});
  EXPECT_EQ(refused.status, 421);
  EXPECT_EQ(header(refused, "Location"), "(none)");
  EXPECT_EQ(open(back).status, 303);  // nothing was used up
}

TEST(IsOurHost, TakesTheNameAddressesAndLocalhost) {
  for (const auto* host : {"gateway.example",
                           "Gateway.Example:443",
                           "127.0.0.1:8080",
                           "localhost",
                           "[::1]:8080",
                           "10.0.0.7",
                           ""}) {
    EXPECT_TRUE(is_our_host("https://gateway.example", host)) << host;
  }
  for (const auto* host : {"evil.example",
                           "gateway.example.evil.example",
                           "xgateway.example",
                           "gateway.example@evil.example",
                           "a b",
                           "localhost.evil.example"}) {
    EXPECT_FALSE(is_our_host("https://gateway.example", host)) << host;
  }
}

}  // namespace
}  // namespace wayleave::api
