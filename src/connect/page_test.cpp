#include "connect/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"

namespace wayleave::connect {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAttack = "\"><img src=x onerror=alert(1)><script>alert(1)</script>'&";

const Language& english() { return languages().front(); }

Appearance hostile_appearance() {
  Appearance made;
  made.company_name = kAttack;
  made.support_url = "https://help.example/\"onclick=\"alert(1)";
  for (const std::string_view key : own_text_keys()) made.texts["en"][std::string(key)] = kAttack;
  return made;
}

Scene hostile_scene() {
  Scene scene;
  scene.provider_name = scene.app_slug = scene.provider_text = scene.user = kAttack;
  scene.opener = scene.repeat_id = scene.back_url = kAttack;
  scene.appearance = std::make_shared<const Appearance>(hostile_appearance());
  scene.missing = {Permission{Permission::Kind::Other, "", std::string(kAttack), true}};
  return scene;
}

std::vector<Notice> every_notice() {
  std::vector<Notice> all;
  for (int i = 0; i <= static_cast<int>(Outcome::Failed); ++i) {
    all.push_back(notice_of(static_cast<Outcome>(i)));
    all.push_back(notice_of(static_cast<Outcome>(i), true));
  }
  for (int i = 0; i <= static_cast<int>(ErrorKind::Internal); ++i) {
    const Error error{static_cast<ErrorKind>(i), "code", std::string(kAttack)};
    for (const LinkEnd end : {LinkEnd::None, LinkEnd::Used, LinkEnd::Expired}) {
      all.push_back(notice_of_link(error, end));
    }
  }
  for (const std::string_view key : {"noResult", "noRepeat", "wrongHost"}) {
    all.emplace_back();
    all.back().key = key;
  }
  return all;
}

Page page_of_ask(const Appearance& appearance, const Language& language) {
  const std::vector<Permission> permissions{
      {Permission::Kind::Read, "", std::string(kAttack), true}};
  return ask_page({kAttack, kAttack, kAttack, kAttack, kAttack, permissions, appearance}, language);
}

std::vector<Page> every_page(const Language& language) {
  std::vector<Page> pages{page_of_ask(hostile_appearance(), language),
                          page_of_ask(Appearance{}, language)};
  for (const Notice& notice : every_notice()) {
    pages.push_back(notice_page(notice, hostile_scene(), language, true));
    pages.push_back(notice_page(notice, Scene{}, language));
  }
  return pages;
}

// OA-11, AD-04: whatever a provider, an operator or a company wrote appears as text.
TEST(Page, ForeignTextIsNeverMarkup) {
  for (const Language& language : languages()) {
    for (const Page& page : every_page(language)) {
      EXPECT_THAT(page.html, Not(HasSubstr("<img src=x")));
      EXPECT_THAT(page.html, Not(HasSubstr("<script>")));
      EXPECT_THAT(page.html, Not(HasSubstr("\"onclick")));
      EXPECT_THAT(page.html, Not(HasSubstr(std::string(kAttack))));
    }
  }
}

// OA-12: nothing is loaded from anywhere, and nothing runs but our own script where a window waits.
TEST(Page, LoadsNothingFromElsewhere) {
  for (const Page& page : every_page(english())) {
    EXPECT_THAT(page.html, Not(ContainsRegex("src=\"(http|//)")));
    EXPECT_THAT(page.html, Not(HasSubstr("url(")));
    EXPECT_THAT(page.html, Not(HasSubstr(" style=")));
    EXPECT_THAT(page.html, Not(ContainsRegex("<[^>]* on[a-z]+=\"")));
    EXPECT_THAT(page.policy, Not(HasSubstr("unsafe")));
    EXPECT_THAT(page.policy, HasSubstr("default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(page.policy, HasSubstr("; frame-ancestors 'none'; base-uri 'none'"));
  }
}

TEST(Page, EveryOneHasLanguageTitleAndOneHeading) {
  for (const Language& language : languages()) {
    for (const Page& page : every_page(language)) {
      const std::string tag = "<html lang=\"" + language.tag + "\" dir=\"";
      EXPECT_THAT(page.html, HasSubstr(tag + (language.right_to_left ? "rtl" : "ltr") + "\">"));
      EXPECT_THAT(page.html, Not(HasSubstr("<title></title>")));
      const auto heading = page.html.find("<h1>");
      ASSERT_NE(heading, std::string::npos);
      EXPECT_EQ(page.html.find("<h1>", heading + 1), std::string::npos);
      EXPECT_THAT(page.html, Not(HasSubstr("<h1></h1>")));
    }
  }
}

// Each key that a page names has words: a key without stands for itself and would be seen.
TEST(Page, EveryNoticeHasWords) {
  for (const Notice& notice : every_notice()) {
    for (const auto* part : {".title", ".text"}) {
      const std::string key = std::string(notice.key) + part;
      EXPECT_TRUE(english().texts.contains(key)) << key;
    }
  }
}

Page hubspot_page(const Appearance& appearance = {}, std::string_view opener = {}) {
  static const std::vector<Permission> permissions{
      {Permission::Kind::Read, "contacts", "Read contacts", false},
      {Permission::Kind::Read, "", "Read survey feedback", false},
      {Permission::Kind::Change, "contacts", "Write contacts", false},
      {Permission::Kind::Other, "", "See which account this is", true}};
  return ask_page({"hbdev",
                   "HubSpot",
                   "https://app.hubspot.com",
                   "https://saas.example",
                   opener,
                   permissions,
                   appearance},
                  english());
}

TEST(AskPage, SaysWhoAsksWhomForWhatAndTellsReadingFromChanging) {
  const std::string page = hubspot_page().html;
  EXPECT_THAT(page, HasSubstr("<h1>Connect HubSpot to hbdev</h1>"));
  EXPECT_THAT(page,
              ContainsRegex("It could see</h2>\n<ul class=\"grants\">\n<li>Contacts</li>\n"
                            "<li>Read survey feedback</li>\n</ul>"));
  EXPECT_THAT(page,
              ContainsRegex("It could create and change</h2>\n<ul class=\"grants\">\n"
                            "<li>Contacts</li>\n</ul>"));
  EXPECT_THAT(page, HasSubstr("<li>See which account this is <small>(optional)</small></li>"));
  EXPECT_THAT(page, HasSubstr("<form method=\"post\">"));
  EXPECT_THAT(page, HasSubstr("You sign in at app.hubspot.com."));
  EXPECT_THAT(page, HasSubstr("You come back to saas.example."));
  EXPECT_THAT(page, HasSubstr("take the permission back at any time"));
}

// WCAG 2.2, 3.1.2
TEST(AskPage, SaysThatAProvidersWordsAreEnglish) {
  const std::vector<Permission> permissions{{Permission::Kind::Other, "", "Read <b>", false}};
  const Appearance plain;
  const Ask ask{"a", "A", "https://a.example", "", "", permissions, plain};
  EXPECT_THAT(ask_page(ask, *find_language("de")).html,
              HasSubstr("<li><bdi lang=\"en\">Read &lt;b&gt;</bdi></li>"));
  EXPECT_THAT(ask_page(ask, english()).html, HasSubstr("<li>Read &lt;b&gt;</li>"));
}

TEST(AskPage, WearsTheCompanysNameLogoAndColour) {
  Appearance appearance;
  appearance.company_name = "Acme Inc.";
  appearance.logo = {"image/png", "pixels"};
  appearance.accent_color = "#ffdd00";
  appearance.support_url = "https://acme.example/help";
  const Page page = hubspot_page(appearance);
  EXPECT_THAT(page.html, HasSubstr("Connect HubSpot to Acme Inc."));
  EXPECT_THAT(page.html, HasSubstr("<img src=\"data:image/png;base64,cGl4ZWxz\" alt=\"\">"));
  EXPECT_THAT(page.html, HasSubstr("--accent: #ffdd00; --on-accent: #000000;"));
  EXPECT_THAT(page.html, HasSubstr("<a href=\"https://acme.example/help\" target=\"_blank\""));
  EXPECT_THAT(page.policy, HasSubstr("; img-src data:;"));
  EXPECT_THAT(hubspot_page().policy, Not(HasSubstr("img-src")));
  appearance.accent_color = "#000080";
  EXPECT_THAT(hubspot_page(appearance).html, HasSubstr("--on-accent: #ffffff;"));
}

TEST(AskPage, OffersTheOtherLanguagesAndKeepsWhoWaits) {
  const std::string page = hubspot_page({}, "https://app.acme.example").html;
  EXPECT_THAT(page,
              HasSubstr("<a href=\"?lang=de&amp;origin=https%3A%2F%2Fapp.acme.example\" "
                        "lang=\"de\" hreflang=\"de\">Deutsch</a>"));
  EXPECT_THAT(page, Not(HasSubstr("?lang=en")));
}

TEST(NoticePage, ProviderWordsAreShownOnlyWhereTheProviderSpoke) {
  Scene scene;
  scene.provider_name = "HubSpot";
  scene.provider_text = "not today";
  EXPECT_THAT(notice_page(notice_of(Outcome::Denied), scene, english()).html,
              HasSubstr("<p>HubSpot says:</p>\n<blockquote>not today</blockquote>"));
  EXPECT_THAT(notice_page(notice_of(Outcome::UnknownState), scene, english()).html,
              Not(HasSubstr("not today")));
}

TEST(NoticePage, SaysWhatIsMissingAndOffersToTryAgain) {
  Scene scene;
  scene.provider_name = "HubSpot";
  scene.missing = {{Permission::Kind::Read, "deals", "Read deals", false}};
  scene.repeat_id = "flw_1";
  scene.authorize_origin = "https://app.hubspot.com";
  scene.back_url = "https://saas.example/done?status=connected";
  const Page page = notice_page(notice_of(Outcome::Connected, true), scene, english());
  EXPECT_THAT(page.html, HasSubstr("connected, but with less"));
  EXPECT_THAT(page.html, HasSubstr("<li>Deals</li>"));
  EXPECT_THAT(page.html, HasSubstr("<form method=\"post\" action=\"/connect/result/flw_1\">"));
  EXPECT_THAT(page.html, HasSubstr("href=\"https://saas.example/done?status=connected\""));
  EXPECT_THAT(page.policy,
              HasSubstr("form-action 'self' https://app.hubspot.com https://saas.example https:;"));
}

TEST(NoticePage, TellsTheWindowThatWaitsAndNobodyElse) {
  Scene scene;
  scene.app_slug = "hbdev";
  const Notice notice = notice_of(Outcome::Connected);
  const Page alone = notice_page(notice, scene, english());
  EXPECT_THAT(alone.html, Not(HasSubstr("<script")));
  EXPECT_THAT(alone.policy, Not(HasSubstr("script-src")));
  EXPECT_THAT(alone.policy, HasSubstr("form-action 'none'"));
  scene.opener = "https://app.acme.example";
  scene.user = "org-42";
  const Page told = notice_page(notice, scene, english());
  EXPECT_THAT(told.html,
              HasSubstr("<script src=\"/connect/result.js\" defer "
                        "data-origin=\"https://app.acme.example\" data-status=\"connected\" "
                        "data-user=\"org-42\" data-app=\"hbdev\" data-close=\"yes\"></script>"));
  EXPECT_THAT(told.policy, HasSubstr("; script-src 'self';"));
  // Where there is more to be done the window stays.
  scene.missing = {{Permission::Kind::Read, "deals", "", false}};
  EXPECT_THAT(notice_page(notice_of(Outcome::Connected, true), scene, english()).html,
              Not(HasSubstr("data-close")));
  EXPECT_THAT(notice_page(notice_of(Outcome::Unreachable), scene, english()).html,
              HasSubstr("data-status=\"failed\" data-reason=\"unreachable\""));
}

TEST(Policy, AllowsTheStyleInThePageAndNothingElse) {
  const Page page = notice_page(notice_of(Outcome::Connected), Scene{}, english());
  const auto begin = page.html.find("<style>") + 7;
  const std::string style = page.html.substr(begin, page.html.find("</style>") - begin);
  const crypto::Sha256 digest = crypto::sha256(style);
  EXPECT_EQ(page.policy,
            "default-src 'none'; style-src 'sha256-" + to_base64(as_text(digest)) +
                "'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'");
  EXPECT_THAT(hubspot_page().policy,
              HasSubstr("form-action 'self' https://app.hubspot.com https://saas.example https:;"));
  const Appearance plain;
  const Ask local{"a", "A", "http://127.0.0.1:8081", "http://localhost:3000", "", {}, plain};
  EXPECT_THAT(ask_page(local, english()).policy,
              HasSubstr("form-action 'self' http://127.0.0.1:8081 http://localhost:3000;"));
}

}  // namespace
}  // namespace wayleave::connect
