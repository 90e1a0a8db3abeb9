#include "oauth/introspection.hpp"

#include <gtest/gtest.h>

namespace wayleave::oauth {
namespace {

constexpr Instant kNow{Millis{1'700'000'000'000}};

TEST(Introspection, ReadsTheExampleOfRfc7662) {
  const auto answer = read_introspection(
      200,
      R"({"active":true,"client_id":"l238j323ds-23ij4","username":"jdoe","scope":"read write dolphin",)"
      R"("sub":"Z5O3upPC88QrAjx00dis","aud":"https://protected.example.net/resource",)"
      R"("iss":"https://server.example.com/","exp":1419356238,"iat":1419350238})",
      kNow);
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->active);
  EXPECT_EQ(answer->client_id, "l238j323ds-23ij4");
  EXPECT_EQ(answer->scopes, (std::vector<std::string>{"read", "write", "dolphin"}));
  EXPECT_EQ(answer->expires_at, from_millis(1'419'356'238'000));
  EXPECT_EQ(answer->extra.at("sub"), "Z5O3upPC88QrAjx00dis");
}

TEST(Introspection, ReadsHubSpotsAnswerWithoutItsToken) {
  const auto answer = read_introspection(
      200,
      R"({"active":true,"token":"CKDR","token_use":"access_token","token_type":"Bearer","hub_id":62515,)"
      R"("hub_domain":"example.com","user":"a@example.com","user_id":1,"client_id":"c","app_id":7,)"
      R"("scopes":["oauth"],"expires_in":900,"signed_access_token":{"hubId":62515}})",
      kNow);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->expires_at, kNow + std::chrono::seconds{900});
  EXPECT_EQ(answer->extra.at("hub_id"), "62515");
  EXPECT_EQ(answer->extra.at("app_id"), "7");
  EXPECT_FALSE(answer->extra.contains("token"));
}

TEST(Introspection, InactiveTellsNothingElse) {
  const auto answer = read_introspection(200, R"({"active":false,"client_id":"c"})", kNow);
  ASSERT_TRUE(answer.has_value());
  EXPECT_FALSE(answer->active);
  EXPECT_TRUE(answer->client_id.empty());
}

TEST(Introspection, RefusesWhatIsNoAnswer) {
  for (const char* body : {"",
                           "<html>",
                           "{}",
                           R"({"active":"true"})",
                           R"({"active":1})",
                           R"({"active":true,"active":false})"}) {
    EXPECT_FALSE(read_introspection(200, body, kNow).has_value()) << body;
  }
  const auto refused = read_introspection(401, R"({"error":"invalid_client"})", kNow);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::Retry);
}

}  // namespace
}  // namespace wayleave::oauth
