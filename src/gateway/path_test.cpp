#include "gateway/path.hpp"

#include <gtest/gtest.h>

namespace wayleave::gateway {
namespace {

TEST(ParsePath, TakesTheTransparentFormsApart) {
  const auto plain = parse_path("/proxy/hbDev/crm/v3/objects");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->form, Path::Form::Transparent);
  EXPECT_EQ(plain->app, "hbDev");
  EXPECT_FALSE(plain->has_user);
  EXPECT_EQ(plain->rest, "/crm/v3/objects");

  const auto user = parse_path("/proxy/hbdev/@a%2Fb/x//y/");
  ASSERT_TRUE(user);
  EXPECT_TRUE(user->has_user);
  EXPECT_EQ(user->encoded_user, "a%2Fb");
  EXPECT_EQ(user->rest, "/x//y/");

  EXPECT_EQ(parse_path("/proxy/hbdev")->rest, "/");
  EXPECT_EQ(parse_path("/proxy/hbdev/@u")->rest, "/");
}

TEST(ParsePath, KeepsPathBytes) {  // PX-11
  EXPECT_EQ(parse_path("/proxy/a/v1/%2e%2e/a%2Fb%20c")->rest, "/v1/%2e%2e/a%2Fb%20c");
  EXPECT_EQ(parse_path("/proxy/a//evil.example/x")->rest, "//evil.example/x");
}

TEST(ParsePath, KnowsTheEnvelopeForms) {
  const auto raw = parse_path("/api/raw/hbDev");
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->form, Path::Form::Envelope);
  EXPECT_EQ(raw->app, "hbDev");
  EXPECT_EQ(raw->provider, "");
  const auto named = parse_path("/api/hubspot/proxy/hbDev");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->provider, "hubspot");
  EXPECT_EQ(named->app, "hbDev");
}

TEST(ParsePath, LeavesEverythingElseToTheSlowRoutes) {
  for (const auto* path : {"/",
                           "/proxy",
                           "/proxyx/a",
                           "/api/raw",
                           "/api/raw/a/b",
                           "/api/hubspot",
                           "/api/hubspot/auth/a",
                           "/api/hubspot/proxy",
                           "/api/hubspot/proxy/a/b",
                           "/v1/apps",
                           "/api/oauth/token"}) {
    EXPECT_FALSE(parse_path(path)) << path;
  }
}

}  // namespace
}  // namespace wayleave::gateway
