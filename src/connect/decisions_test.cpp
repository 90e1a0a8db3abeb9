#include <gtest/gtest.h>

#include "connect/budget.hpp"
#include "connect/limits.hpp"
#include "connect/link_repository.hpp"
#include "connect/outcome.hpp"
#include "connect/scope_list.hpp"

namespace wayleave::connect {
namespace {

using namespace std::chrono_literals;

TEST(Outcome, NamesAreReadBack) {
  for (int i = 0; i <= static_cast<int>(Outcome::Failed); ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(parse_outcome(to_string(outcome)), outcome);
  }
  EXPECT_EQ(parse_outcome(""), std::nullopt);
}

TEST(Outcome, DecliningIsToldFromOtherErrors) {
  EXPECT_EQ(outcome_of_error("access_denied"), Outcome::Denied);
  EXPECT_EQ(outcome_of_error("user_cancelled_login"), Outcome::Denied);
  EXPECT_EQ(outcome_of_error("server_error"), Outcome::ProviderError);
  EXPECT_EQ(outcome_of_error("unknown_error"), Outcome::ProviderError);
}

TEST(Outcome, EveryRefusalHasItsCode) {
  for (const Outcome outcome : {Outcome::Malformed,
                                Outcome::UnknownState,
                                Outcome::UsedState,
                                Outcome::ExpiredState,
                                Outcome::AppChanged,
                                Outcome::WrongPath,
                                Outcome::WrongBrowser,
                                Outcome::IssuerMismatch}) {
    EXPECT_EQ(error_of(outcome, "").code, "invalid_request");
    EXPECT_EQ(error_of(outcome, "").kind, ErrorKind::Reject);
  }
  EXPECT_EQ(error_of(Outcome::LinkUsed, "").code, "gone");
  EXPECT_EQ(error_of(Outcome::Unreachable, "HubSpot").code, "upstream_unreachable");
  EXPECT_EQ(error_of(Outcome::Failed, "HubSpot").code, "internal");
}

TEST(ScopeList, OnlyScopeTokensPass) {
  EXPECT_TRUE(check_scopes({"oauth", "crm.objects.contacts.read", "https://api/x!#[~"}));
  for (const std::vector<std::string>& bad :
       std::vector<std::vector<std::string>>{{},
                                             {""},
                                             {"a b"},
                                             {"a\"b"},
                                             {"a\\b"},
                                             {"a\nb"},
                                             {"\xc3\xa4"},
                                             {std::string("a\0b", 3)},
                                             {"a", "a"},
                                             {std::string(kScopeBytesMax + 1, 's')},
                                             std::vector<std::string>(kScopesMax + 1, "s")}) {
    const auto checked = check_scopes(bad);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().field, "scopes");
  }
}

TEST(ScopeList, IsReadBackAsStored) {
  const std::vector<std::string> scopes{"a", "b.c", "d"};
  EXPECT_EQ(load_scopes(store_scopes(scopes)), scopes);
  EXPECT_TRUE(load_scopes("").empty());
}

TEST(Budget, CountsFirstThenSpendsAQuarterOfWhatIsLeft) {
  FakeClock clock;
  Budget budget(100);
  ASSERT_EQ(budget.take(clock.now()), Budget::Take::CountFirst);
  budget.counted(60, clock.now());
  for (int i = 0; i < 9; ++i) EXPECT_EQ(budget.take(clock.now()), Budget::Take::Granted) << i;
  EXPECT_EQ(budget.take(clock.now()), Budget::Take::CountFirst);
}

TEST(Budget, StaysFullForASecondWithoutCounting) {
  FakeClock clock;
  Budget budget(10);
  budget.counted(10, clock.now());
  EXPECT_EQ(budget.take(clock.now()), Budget::Take::Full);
  clock.advance(999ms);
  EXPECT_EQ(budget.take(clock.now()), Budget::Take::Full);
  clock.advance(1ms);
  EXPECT_EQ(budget.take(clock.now()), Budget::Take::CountFirst);
}

TEST(Link, IsGoneOnceUsedOrExpired) {
  FakeClock clock;
  StoredLink link;
  link.expires_at = clock.now() + 1h;
  EXPECT_TRUE(check_link_open(link, clock.now()));
  const auto expired = check_link_open(link, link.expires_at);
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.error().code, "gone");
  link.used_at = clock.now();
  const auto used = check_link_open(link, clock.now());
  ASSERT_FALSE(used);
  EXPECT_EQ(used.error().code, "gone");
}

}  // namespace
}  // namespace wayleave::connect
