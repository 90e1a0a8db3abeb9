#include "connect/callback_params.hpp"

#include <gtest/gtest.h>

#include "connect/limits.hpp"

namespace wayleave::connect {
namespace {

const std::string kState(43, 's');

FormFields with(FormFields more) {
  FormFields query{{"state", kState}};
  query.insert(query.end(), more.begin(), more.end());
  return query;
}

TEST(CallbackParams, CodeAndErrorAreRead) {
  const auto code = read_callback(with({{"code", "na1-1"}, {"iss", "https://a"}, {"x", "y"}}));
  ASSERT_TRUE(code);
  EXPECT_EQ(code->state, kState);
  EXPECT_EQ(code->code, "na1-1");
  EXPECT_EQ(code->iss, "https://a");
  EXPECT_EQ(code->error, "");

  const auto error =
      read_callback(with({{"error", "access_denied"}, {"error_description", "they said\nno"}}));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error, "access_denied");
  EXPECT_EQ(error->description, "they said no");
  EXPECT_FALSE(error->iss);
}

// OA-13: RFC 6749 section 3.1 forbids parameters that come twice.
TEST(CallbackParams, DuplicatesOversizeAndControlBytesAreRefused) {
  const std::string nul("a\0b", 3);
  FormFields many;
  for (std::size_t i = 0; i < kCallbackParamsMax; ++i)
    many.emplace_back("p" + std::to_string(i), "");
  many.emplace_back("code", "c");
  const std::vector<FormFields> queries{
      with({{"code", "c"}, {"state", kState}}),
      with({{"code", "c"}, {"code", "c"}}),
      with({{"code", "c"}, {"iss", "a"}, {"iss", "a"}}),
      with({{"code", "c"}, {"other", ""}, {"other", ""}}),
      with({{"code", std::string(100'000, 'c')}}),
      with({{"code", std::string(kCodeBytesMax + 1, 'c')}}),
      with({{"code", nul}}),
      with({{"code", "a\r\nb"}}),
      with({{"code", ""}}),
      with({{"code", "c"}, {nul, ""}}),
      with({{"code", "c"}, {"\xff", ""}}),
      with({{"code", "c"}, {std::string(kCallbackNameBytesMax + 1, 'n'), ""}}),
      with({{"code", "c"}, {"iss", "https://a\n"}}),
      with({{"error", "e"}, {"error_description", nul}}),
      with({{"code", "c"}, {"error", "e"}}),
      with({}),
      with(many),
      {{"code", "c"}},
      {{"code", "c"}, {"state", ""}},
      {{"code", "c"}, {"state", "short"}},
      {{"code", "c"}, {"state", kState + "x"}},
      {{"code", "c"}, {"state", std::string(42, 's') + "\n"}},
      {{"code", "c"}, {"STATE", kState}},
      {},
  };
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const auto read = read_callback(queries[i]);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().kind, ErrorKind::Reject) << i;
    EXPECT_EQ(read.error().code, "invalid_request") << i;
    EXPECT_FALSE(has_control(read.error().detail)) << i;
    EXPECT_LT(read.error().detail.size(), 200U) << i;
  }
}

TEST(CallbackParams, LongestAllowedCodePasses) {
  EXPECT_TRUE(read_callback(with({{"code", std::string(kCodeBytesMax, 'c')}})));
}

TEST(CallbackParams, ErrorWordsThatAreNoneAreNotRepeated) {
  for (const std::string& word : {std::string("<script>"), std::string(65, 'e'), std::string()}) {
    const auto read = read_callback(with({{"error", word}}));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->error, "unknown_error");
  }
}

TEST(CallbackParams, ProseIsCutBetweenCharacters) {
  std::string prose(kDescriptionBytesMax - 1, 'x');
  prose += "\xc3\xa4 and more";
  const auto read = read_callback(with({{"error", "e"}, {"error_description", prose}}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->description, std::string(kDescriptionBytesMax - 1, 'x'));
  const auto broken = read_callback(with({{"error", "e"}, {"error_description", "\xff"}}));
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->description, "");
}

TEST(CallbackParams, OnlyDeclaredFieldsAreKept) {
  const FormFields query = with({{"code", "secret"},
                                 {"realmId", "123"},
                                 {"empty", ""},
                                 {"long", std::string(kMetadataValueBytesMax + 1, 'x')},
                                 {"other", "1"}});
  const auto kept = callback_metadata(query, {"realmId", "empty", "long", "missing"});
  EXPECT_EQ(kept, (std::map<std::string, std::string>{{"realmId", "123"}}));
}

}  // namespace
}  // namespace wayleave::connect
