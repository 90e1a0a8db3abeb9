#include "gateway/destination.hpp"

#include <gtest/gtest.h>

namespace wayleave::gateway {
namespace {

class ChooseDestination : public testing::Test {
 protected:
  void SetUp() override {
    provider::Provider provider;
    provider.hosts = {{"default", "https://api.hubapi.com"},
                      {"forms", "https://api.hsforms.com"},
                      {"based", "https://api.example.com:8443/v2/"}};
    hosts_ = *allowed_hosts(provider);
  }
  Result<Destination> choose(std::string_view url) {
    Destination out;
    WL_CHECK(choose_destination(hosts_, url, out));
    return out;
  }
  Result<Destination> choose(std::string_view base, std::string_view path, std::string_view query) {
    Destination out;
    WL_CHECK(choose_destination(hosts_, base, path, query, out));
    return out;
  }
  std::vector<AllowedHost> hosts_;
};

TEST_F(ChooseDestination, TakesPathsAndAllowedAbsoluteUrls) {
  EXPECT_EQ(choose("/crm/v3?a=b%2F")->target, "/crm/v3?a=b%2F");
  const auto absolute = choose("https://api.hsforms.com/submit?x");
  ASSERT_TRUE(absolute);
  EXPECT_EQ(absolute->host->name, "forms");
  EXPECT_EQ(absolute->target, "/submit?x");
  EXPECT_EQ(choose("HTTPS://API.HubAPI.com:443")->target, "/");
  EXPECT_EQ(choose("https://api.hubapi.com?q=1")->target, "/?q=1");
}

TEST_F(ChooseDestination, RefusesForeignHosts) {  // PX-01, PX-02
  for (const auto* url : {"https://evil.example/x",
                          "https://api.hubapi.com.evil.example/",
                          "https://evilhubapi.com/",
                          "https://api.hubapi.com@evil.example/",
                          "https://user:pass@api.hubapi.com/",
                          "https://api.hubapi.com%2eevil.example/",
                          "https://api.hubapi.com\\@evil.example/",
                          "https://api.hubapi.com:8443/",
                          "http://api.hubapi.com/",
                          "ftp://api.hubapi.com/",
                          "https://127.0.0.1/",
                          "https://[::ffff:169.254.169.254]/"}) {
    const auto chosen = choose(url);
    ASSERT_FALSE(chosen) << url;
    EXPECT_EQ(chosen.error().code, "host_not_allowed") << url;
    EXPECT_EQ(chosen.error().field, "url");
  }
}

TEST_F(ChooseDestination, StaysOnTheProvidersHostWhateverThePathLooksLike) {  // PX-03
  for (const auto* path : {"//evil.example/x", "/\\evil.example", "/..//evil", "/http://evil/"}) {
    const auto chosen = choose(path);
    if (!chosen) {
      EXPECT_EQ(chosen.error().code, "invalid_request") << path;
    } else {
      EXPECT_EQ(chosen->host->origin.host, "api.hubapi.com") << path;
      EXPECT_EQ(chosen->target, path);
    }
  }
  for (const auto* url : {"/a\tb", "/a\nb", "/a b", "/ü", "evil", "", "?x", "/a#b"}) {
    const auto chosen = choose(url);
    ASSERT_FALSE(chosen) << url;
    EXPECT_EQ(chosen.error().code, "invalid_request") << url;
  }
}

TEST_F(ChooseDestination, NamesAnotherDeclaredHost) {
  EXPECT_EQ(choose("forms", "/a", "?b=c")->target, "/a?b=c");
  EXPECT_EQ(choose("forms", "/a", "?")->target, "/a?");
  const auto unknown = choose("https://evil.example", "/a", "");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "host_not_allowed");
  EXPECT_NE(unknown.error().detail.find("default, forms, based"), std::string::npos);
}

TEST_F(ChooseDestination, DoesNotLeaveABasePath) {  // PX-11
  EXPECT_EQ(choose("based", "/users", "")->target, "/v2/users");
  for (const auto* path : {"/../admin", "/a/%2e%2E/b", "/./x", "/.%2e"}) {
    EXPECT_FALSE(choose("based", path, "")) << path;
  }
  EXPECT_TRUE(choose("based", "/a..b/...", ""));
  EXPECT_EQ(choose("", "/v1/%2e%2e/x", "")->target, "/v1/%2e%2e/x");
}

}  // namespace
}  // namespace wayleave::gateway
