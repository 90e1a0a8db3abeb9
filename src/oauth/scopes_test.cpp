#include "oauth/scopes.hpp"

#include <gtest/gtest.h>

namespace wayleave::oauth {
namespace {

using List = std::vector<std::string>;

TEST(Scopes, SplitsAtSpacesAndCommas) {
  EXPECT_EQ(split_scopes(" a, b  c,,a\n"), (List{"a", "b", "c"}));
  EXPECT_EQ(split_scopes(""), List{});
}

TEST(Scopes, SplittingIsBounded) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + " ";
  EXPECT_EQ(split_scopes(text).size(), kScopesMax);
}

// OA-21: missing in the answer means as requested.
TEST(Scopes, SilenceGrantsWhatWasRequested) {
  EXPECT_EQ(granted_scopes({"a", "b"}, std::nullopt), (List{"a", "b"}));
  EXPECT_EQ(granted_scopes({"a", "b"}, List{"b"}), List{"b"});
  EXPECT_EQ(granted_scopes({"a"}, List{}), List{});
}

// OA-21: a subset is visible.
TEST(Scopes, NamesWhatWasNotGranted) {
  EXPECT_EQ(missing_scopes({"oauth", "forms", "tickets"}, {"oauth", "crm.lists.read"}),
            (List{"forms", "tickets"}));
  EXPECT_EQ(missing_scopes({"oauth"}, {"oauth", "more"}), List{});
  EXPECT_EQ(missing_scopes({"Forms"}, {"forms"}), List{"Forms"});
}

}  // namespace
}  // namespace wayleave::oauth
