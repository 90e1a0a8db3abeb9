#include "connect/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "crypto/digest.hpp"

namespace wayleave::connect {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kAttack = "<script>alert(1)</script>\"'&";

std::vector<std::string> every_page() {
  const std::vector<std::string> grants{std::string(kAttack)};
  const Ask ask{kAttack, kAttack, kAttack, grants};
  std::vector<std::string> pages{ask_page(ask)};
  for (int i = 0; i <= static_cast<int>(Outcome::Failed); ++i) {
    pages.push_back(notice_page(notice_of(static_cast<Outcome>(i), kAttack, kAttack, kAttack)));
  }
  for (int i = 0; i <= static_cast<int>(ErrorKind::Internal); ++i) {
    const Error error{static_cast<ErrorKind>(i), "code", std::string(kAttack)};
    pages.push_back(notice_page(notice_of_link(error)));
  }
  return pages;
}

// OA-11: whatever a provider or an operator wrote appears as text.
TEST(Page, ForeignTextIsNeverMarkup) {
  for (const std::string& page : every_page()) {
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr(std::string(kAttack))));
  }
}

// OA-12: nothing is loaded from anywhere and nothing runs.
TEST(Page, NamesNoOtherAddressAndHoldsNoScript) {
  for (const std::string& page : every_page()) {
    EXPECT_THAT(page, Not(HasSubstr("http")));
    EXPECT_THAT(page, Not(HasSubstr("src=")));
    EXPECT_THAT(page, Not(HasSubstr("url(")));
    EXPECT_THAT(page, Not(HasSubstr(" style=")));
    EXPECT_THAT(page, Not(::testing::ContainsRegex(" on[a-z]+=")));
  }
}

TEST(Page, EveryOneHasLanguageTitleAndOneHeading) {
  for (const std::string& page : every_page()) {
    EXPECT_THAT(page, HasSubstr("<html lang=\"en\">"));
    EXPECT_THAT(page, Not(HasSubstr("<title></title>")));
    const auto heading = page.find("<h1>");
    ASSERT_NE(heading, std::string::npos);
    EXPECT_EQ(page.find("<h1>", heading + 1), std::string::npos);
    EXPECT_THAT(page, Not(HasSubstr("<h1></h1>")));
  }
}

TEST(Page, AskSaysWhoAsksWhomForWhat) {
  const std::vector<std::string> grants{"View contacts", "Create deals"};
  const std::string page = ask_page({"hbdev", "HubSpot", "https://app.hubspot.com", grants});
  EXPECT_THAT(page, HasSubstr("Connect HubSpot to hbdev"));
  EXPECT_THAT(page, HasSubstr("<li>View contacts</li>\n<li>Create deals</li>"));
  EXPECT_THAT(page, HasSubstr("<form method=\"post\">"));
  EXPECT_THAT(page, HasSubstr("<strong>app.hubspot.com</strong>"));
}

TEST(Page, ProviderWordsAreShownOnlyWhereTheProviderSpoke) {
  EXPECT_THAT(notice_page(notice_of(Outcome::Denied, "HubSpot", "hbdev", "not today")),
              HasSubstr("HubSpot says: not today"));
  EXPECT_THAT(notice_page(notice_of(Outcome::UnknownState, "", "", "not today")),
              Not(HasSubstr("not today")));
}

TEST(Page, PolicyAllowsTheStyleInThePageAndNothingElse) {
  const std::string page = notice_page(notice_of(Outcome::Connected, "HubSpot", "hbdev", ""));
  const auto begin = page.find("<style>") + 7;
  const std::string style = page.substr(begin, page.find("</style>") - begin);
  const crypto::Sha256 digest = crypto::sha256(style);
  EXPECT_EQ(page_policy({}),
            "default-src 'none'; style-src 'sha256-" + to_base64(as_text(digest)) +
                "'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'");
  EXPECT_THAT(page_policy({"https://app.hubspot.com"}),
              HasSubstr("form-action 'self' https://app.hubspot.com https:;"));
  EXPECT_THAT(page_policy({"http://127.0.0.1:8081", "http://localhost:3000"}),
              HasSubstr("form-action 'self' http://127.0.0.1:8081 http://localhost:3000;"));
}

}  // namespace
}  // namespace wayleave::connect
