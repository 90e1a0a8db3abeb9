#include "net/message.hpp"

#include <gtest/gtest.h>

namespace wayleave::net {
namespace {

TEST(Fields, CompareNamesWithoutCaseAndKeepOrder) {
  Fields fields{{"A", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(fields.get("a"), "1");
  EXPECT_EQ(fields.count("A"), 2U);
  EXPECT_EQ(fields.get("c"), std::nullopt);
  fields.set("a", "4");
  EXPECT_EQ(fields.count("a"), 1U);
  EXPECT_EQ(fields.begin()->first, "b");
  fields.remove("B");
  fields.add("c", "5");
  EXPECT_EQ(fields.begin()->second, "4");
  fields.remove("a");
  fields.remove("c");
  EXPECT_TRUE(fields.empty());
}

struct QueryCase {
  const char* query;
  std::size_t count;
  std::optional<std::string> value;
};

TEST(Request, GivesAParameterOnlyWhenItIsThereOnce) {  // OA-13
  const std::vector<QueryCase> table{{"", 0, std::nullopt},
                                     {"state=x", 1, "x"},
                                     {"a=1&state=x&b", 1, "x"},
                                     {"state", 1, ""},
                                     {"state=", 1, ""},
                                     {"state=a%20b+c%2B", 1, "a b c+"},
                                     {"st%61te=x", 1, "x"},
                                     {"State=x", 0, std::nullopt},
                                     {"state=a=b", 1, "a=b"},
                                     {"state=a&state=b", 2, std::nullopt},
                                     {"state=a&state=a", 2, std::nullopt},
                                     {"state=a&st%61te=b", 2, std::nullopt},
                                     {"state=a&&state", 2, std::nullopt},
                                     {"state=%zz", 1, std::nullopt},
                                     {"state=a&state=%", 2, std::nullopt},
                                     {"%zz=1&state=x", 1, "x"},
                                     {"xstate=y;state=x", 0, std::nullopt}};
  for (const auto& [query, count, value] : table) {
    Request request;
    request.query = query;
    EXPECT_EQ(request.query_count("state"), count) << query;
    EXPECT_EQ(request.query_param("state"), value) << query;
  }
}

TEST(Response, SaysWhatItIs) {
  const Response text = text_response(404, "no");
  EXPECT_EQ(text.status, 404);
  EXPECT_EQ(text.fields.get("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(text.body, "no");
  EXPECT_EQ(json_response(200, "{}").fields.get("content-type"), "application/json");
}

TEST(ReasonPhrase, IsEmptyForUnknownStatuses) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(299), "");
}

}  // namespace
}  // namespace wayleave::net
