#include "oauth/callback_params.hpp"

#include <gtest/gtest.h>

namespace wayleave::oauth {
namespace {

std::string refused_field(const FormFields& query) {
  const auto params = parse_callback(query);
  EXPECT_FALSE(params.has_value());
  return params ? "" : params.error().field;
}

TEST(Callback, ReadsACodeWithItsCompany) {
  const auto params = parse_callback({{"code", "SplxlOBeZQQYbYS6WxSbIA"},
                                      {"state", "xyz"},
                                      {"iss", "https://honest.as.example"},
                                      {"realmId", "123"}});
  ASSERT_TRUE(params.has_value());
  EXPECT_EQ(params->code, "SplxlOBeZQQYbYS6WxSbIA");
  EXPECT_EQ(params->state, "xyz");
  EXPECT_EQ(params->iss, "https://honest.as.example");
  EXPECT_EQ(params->extra.at("realmId"), "123");
  EXPECT_TRUE(params->error.empty());
}

TEST(Callback, ReadsAnErrorAsOnePlainLine) {
  const auto params = parse_callback({{"error", "access_denied"},
                                      {"error_description", "no\r\nSet-Cookie: a\xc3\xa9"},
                                      {"state", "xyz"}});
  ASSERT_TRUE(params.has_value());
  EXPECT_EQ(params->error, "access_denied");
  EXPECT_EQ(params->error_description, "no  Set-Cookie: a\xc3\xa9");
}

TEST(Callback, CutsLongDescriptionsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "\xc3\xa9";
  const auto params =
      parse_callback({{"error", "x"}, {"error_description", "a" + text}, {"state", "s"}});
  ASSERT_TRUE(params.has_value());
  EXPECT_LE(params->error_description.size(), kDescriptionLengthMax);
  EXPECT_TRUE(is_utf8(params->error_description));
}

// OA-13
TEST(Callback, RefusesDuplicates) {
  EXPECT_EQ(refused_field({{"state", "a"}, {"state", "b"}, {"code", "c"}}), "state");
  EXPECT_EQ(refused_field({{"code", "a"}, {"state", "s"}, {"code", "a"}}), "code");
  EXPECT_EQ(refused_field({{"code", "a"}, {"state", "s"}, {"iss", "x"}, {"iss", "x"}}), "iss");
}

// OA-13
TEST(Callback, RefusesOversizeAndForeignCharacters) {
  EXPECT_EQ(refused_field({{"code", std::string(100 << 10, 'a')}, {"state", "s"}}), "code");
  EXPECT_EQ(refused_field({{"code", std::string(kCodeLengthMax + 1, 'a')}, {"state", "s"}}),
            "code");
  EXPECT_EQ(refused_field({{"code", "a"}, {"state", std::string(kStateLengthMax + 1, 's')}}),
            "state");
  EXPECT_EQ(refused_field({{"code", std::string("a\0b", 3)}, {"state", "s"}}), "code");
  EXPECT_EQ(refused_field({{"code", "a\r\nb"}, {"state", "s"}}), "code");
  EXPECT_EQ(refused_field({{"code", "a"}, {"state", "s\x80"}}), "state");
  FormFields many = {{"code", "a"}, {"state", "s"}};
  for (int i = 0; i < 40; ++i) many.emplace_back("p" + std::to_string(i), "1");
  EXPECT_EQ(refused_field(many), "query");
}

TEST(Callback, NeedsAStateAndEitherCodeOrError) {
  EXPECT_EQ(refused_field({{"code", "a"}}), "state");
  EXPECT_EQ(refused_field({{"code", "a"}, {"state", ""}}), "state");
  EXPECT_EQ(refused_field({{"state", "s"}}), "code");
  EXPECT_EQ(refused_field({{"state", "s"}, {"code", "c"}, {"error", "e"}}), "code");
}

// OA-14: what an implicit flow would bring is no code.
TEST(Callback, AnAccessTokenIsNotAnAnswer) {
  EXPECT_EQ(refused_field({{"access_token", "a"}, {"state", "s"}}), "code");
}

// OA-07
TEST(Issuer, MustMatchByteForByte) {
  constexpr std::string_view expected = "https://id.example";
  EXPECT_TRUE(check_issuer(expected, true, "https://id.example").has_value());
  for (const char* iss : {"https://evil.example",
                          "https://id.example/",
                          "https://ID.example",
                          "http://id.example",
                          "",
                          "https://id.example "}) {
    EXPECT_FALSE(check_issuer(expected, false, iss).has_value()) << iss;
  }
}

// OA-07
TEST(Issuer, MayBeMissingOnlyWhereTheProviderDoesNotSendIt) {
  EXPECT_FALSE(check_issuer("https://id.example", true, std::nullopt).has_value());
  EXPECT_TRUE(check_issuer("https://id.example", false, std::nullopt).has_value());
  EXPECT_TRUE(check_issuer("", false, "https://any.example").has_value());
}

}  // namespace
}  // namespace wayleave::oauth
