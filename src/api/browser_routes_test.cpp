#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/callback_routes.hpp"
#include "api/connect_routes.hpp"
#include "connect/installer_rig.hpp"
#include "connect/limits.hpp"

namespace wayleave::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kBrowser = "text/html,application/xhtml+xml,*/*;q=0.8";

constexpr char kSdkBytes[] = "var Wayleave={};";
constexpr EmbeddedAsset kSdk[] = {
    {"connect.js", "text/javascript", "tag", kSdkBytes, kSdkBytes + 16, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr}};

/// The browser's routes over a real installer, called as a worker would.
class BrowserRoutes : public ::testing::Test {
 protected:
  BrowserRoutes() {
    const BrowserParts parts{rig_.installer(), log_, "https://gateway.example"};
    add_callback_routes(router_, parts);
    add_connect_routes(router_, parts);
    add_connect_script(router_, parts, kSdk);
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

TEST_F(BrowserRoutes, PagesSpeakTheBrowsersLanguageOrTheOneAskedFor) {
  const connect::Link link = rig_.link();
  const net::Response german = call("GET", link.url, {{"Accept-Language", "de-AT,en;q=0.5"}});
  EXPECT_THAT(german.body, HasSubstr("Acme mit acme-app verbinden"));
  const net::Response arabic = call("GET", link.url + "?lang=ar", {{"Accept-Language", "de"}});
  EXPECT_THAT(arabic.body, HasSubstr("<html lang=\"ar\" dir=\"rtl\">"));
  EXPECT_THAT(call("GET", link.url + "?lang=zz").body, HasSubstr("<html lang=\"en\""));

  // The language goes along to the provider and back.
  const net::Response gone = call("POST", link.url + "?lang=fr");
  const std::string cookie = header(gone, "Set-Cookie");
  const net::Response done =
      call("GET",
           callback_url(header(gone, "Location"), "code=c"),
           {{"Accept", kBrowser}, {"Cookie", cookie.substr(0, cookie.find(';'))}});
  EXPECT_THAT(open(header(done, "Location")).body, HasSubstr("Acme est connecté"));
}

TEST_F(BrowserRoutes, OnlyAnOriginThatTheAppNamesIsTold) {
  const connect::Link link = rig_.link();
  const std::string named = link.url + "?origin=https%3A%2F%2Fsaas.example";
  expect_page(open(named), 200);
  for (const auto* query : {"?origin=https%3A%2F%2Fevil.example",
                            "?origin=",
                            "?origin=%",
                            "?origin=https%3A%2F%2Fsaas.example&origin=https%3A%2F%2Fsaas.example",
                            "?origin=null"}) {
    expect_page(open(link.url + query), 400);
    const net::Response pressed = call("POST", link.url + query);
    expect_page(pressed, 400);
    EXPECT_THAT(pressed.body, Not(HasSubstr("<script")));
  }

  const net::Response gone = call("POST", named);
  ASSERT_EQ(gone.status, 303);
  std::string cookie = header(gone, "Set-Cookie");
  cookie.resize(cookie.find(';'));
  const net::Response done = call("GET",
                                  callback_url(header(gone, "Location"), "code=c"),
                                  {{"Accept", kBrowser}, {"Cookie", cookie}});
  const net::Response told =
      call("GET", header(done, "Location"), {{"Accept", kBrowser}, {"Cookie", cookie}});
  EXPECT_THAT(told.body, HasSubstr("data-origin=\"https://saas.example\""));
  EXPECT_THAT(told.body, HasSubstr("data-status=\"connected\" data-user=\"user-1\""));
  EXPECT_THAT(header(told, "Content-Security-Policy"), HasSubstr("script-src 'self'"));
  // Somebody else with the same address sees how it ended, and nothing more.
  const net::Response other = open(header(done, "Location"));
  EXPECT_THAT(other.body, HasSubstr("Acme is connected"));
  EXPECT_THAT(other.body, Not(HasSubstr("data-origin")));
  // The link is used up; the window that asks again is told so.
  const net::Response again = open(named);
  expect_page(again, 410);
  EXPECT_THAT(again.body, HasSubstr("data-status=\"failed\" data-reason=\"used\""));
}

TEST_F(BrowserRoutes, ADenialOffersToTryAgainInTheSameBrowserOnly) {
  const net::Response gone = call("POST", rig_.link().url);
  std::string cookie = header(gone, "Set-Cookie");
  cookie.resize(cookie.find(';'));
  const net::Response denied = call("GET",
                                    callback_url(header(gone, "Location"), "error=access_denied"),
                                    {{"Accept", kBrowser}, {"Cookie", cookie}});
  expect_page(denied, 400);
  const std::string mark = "action=\"";
  const auto begin = denied.body.find(mark) + mark.size();
  const std::string target = denied.body.substr(begin, denied.body.find('"', begin) - begin);
  EXPECT_THAT(target, StartsWith("/connect/result/flw_"));
  expect_page(call("POST", target), 410);
  expect_page(call("POST", target, {{"Cookie", cookie}, {"Sec-Fetch-Site", "cross-site"}}), 403);
  const net::Response again = call("POST", target, {{"Cookie", cookie}});
  EXPECT_EQ(again.status, 303);
  EXPECT_THAT(header(again, "Location"), StartsWith("https://login.acme.example/authorize?"));
  EXPECT_THAT(header(again, "Set-Cookie"), StartsWith(cookie + ";"));
}

TEST_F(BrowserRoutes, WhatRanOutSaysSoAndTellsTheWindowThatWaits) {
  const std::string query = "?origin=https%3A%2F%2Fsaas.example";
  const connect::Link link = rig_.link();
  const net::Response gone = call("POST", link.url + query);
  std::string cookie = header(gone, "Set-Cookie");
  cookie.resize(cookie.find(';'));
  const std::string back = callback_url(header(gone, "Location"), "code=c");
  rig_.clock.advance(connect::kFlowLife);
  const net::Response late = call("GET", back, {{"Accept", kBrowser}, {"Cookie", cookie}});
  expect_page(late, 400);
  EXPECT_THAT(late.body, HasSubstr("That took too long"));
  EXPECT_THAT(late.body, HasSubstr("data-status=\"failed\" data-reason=\"expired\""));
  // Without its cookie the same callback says neither for whom it was nor who waits.
  const net::Response stolen = open(back);
  EXPECT_THAT(stolen.body, HasSubstr("Please use the same browser"));
  EXPECT_THAT(stolen.body, Not(HasSubstr("<script")));

  rig_.clock.advance(connect::kLinkLifeDefault);
  const net::Response expired = open(link.url + query);
  expect_page(expired, 410);
  EXPECT_THAT(expired.body, HasSubstr("This link has expired"));
  EXPECT_THAT(expired.body, HasSubstr("data-status=\"failed\" data-reason=\"expired\""));
  EXPECT_THAT(open(link.url).body, Not(HasSubstr("<script")));
}

TEST_F(BrowserRoutes, StatusIsReadableForTheAppsOwnPagesOnly) {
  const std::string url = rig_.link().url + "/status";
  const net::Response told = call("GET", url, {{"Origin", "https://saas.example"}});
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(
      told.body,
      R"({"status":"open","reason":null,"app":"acme-app","user":"user-1","limited":false,"sinceMs":0})");
  EXPECT_EQ(header(told, "Access-Control-Allow-Origin"), "https://saas.example");
  EXPECT_EQ(header(told, "Access-Control-Allow-Credentials"), "(none)");
  EXPECT_EQ(header(told, "Vary"), "Origin");
  expect_safe(told);
  for (const net::Fields& fields :
       {net::Fields{},
        net::Fields{{"Origin", "https://evil.example"}},
        net::Fields{{"Origin", "null"}},
        net::Fields{{"Origin", "https://saas.example"}, {"Origin", "https://evil.example"}}}) {
    const net::Response refused = call("GET", url, fields);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(header(refused, "Access-Control-Allow-Origin"), "(none)");
    EXPECT_THAT(refused.body, Not(HasSubstr("user-1")));
  }
  const std::string unknown = "/connect/" + std::string(43, 'x') + "/status";
  EXPECT_EQ(call("GET", unknown, {{"Origin", "https://saas.example"}}).status, 404);
}

TEST_F(BrowserRoutes, ScriptsAreKeptShortlyAndAskedForAgain) {
  const net::Response sdk = open("/connect.js");
  EXPECT_EQ(sdk.status, 200);
  EXPECT_EQ(sdk.body, "var Wayleave={};");
  EXPECT_EQ(header(sdk, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(header(sdk, "Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(header(sdk, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header(sdk, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(sdk, "Cache-Control"), "public, max-age=300");
  EXPECT_EQ(header(sdk, "ETag"), "\"tag\"");
  const net::Response same = call("GET", "/connect.js", {{"If-None-Match", "W/\"tag\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  const net::Response script = open("/connect/result.js");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(header(script, "Cross-Origin-Resource-Policy"), "same-origin");
  EXPECT_EQ(call("GET", "/connect/result.js", {{"If-None-Match", header(script, "ETag")}}).status,
            304);
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
