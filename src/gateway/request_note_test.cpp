#include "gateway/request_note.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wayleave::gateway {
namespace {

TEST(ShownPath, EndsAtTheQuery) {
  EXPECT_EQ(shown_path("/crm/v3/a%2Fb?secret=1", ""), "/crm/v3/a%2Fb");
  EXPECT_EQ(shown_path("/?", ""), "/");
  EXPECT_EQ(shown_path("", ""), "");
}

TEST(ShownPath, EndsBeforeTheTokenAndBeforeKeysOfOurs) {  // LG-01
  EXPECT_EQ(shown_path("/oauth/v1/access-tokens/to-ken-123/x", "to-ken-123"),
            "/oauth/v1/access-tokens/");
  EXPECT_EQ(shown_path("/x/wlk_abc", "to-ken-123"), "/x/");
  EXPECT_EQ(shown_path("/to-ken-123/wlk_abc", "to-ken-123"), "/");
  EXPECT_EQ(shown_path("/wlk_abc/to-ken-123", "to-ken-123"), "/");
}

TEST(ShownPath, IsBounded) {
  EXPECT_EQ(shown_path("/" + std::string(5'000, 'x'), "").size(), kRequestTextBytesMax);
}

TEST(TraceId, IsReadFromAWellFormedFieldOnly) {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(trace_id_of("00-" + id + "-00f067aa0ba902b7-01"), id);
  EXPECT_EQ(trace_id_of("cc-" + id + "-00f067aa0ba902b7-01-later"), id);
  for (const std::string& wrong : {std::string(),
                                   "00-" + id,
                                   "00-" + id + "-00f067aa0ba902b7-0",
                                   "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
                                   "00-" + std::string(32, 'A') + "-00f067aa0ba902b7-01",
                                   "00-" + std::string(32, 'g') + "-00f067aa0ba902b7-01",
                                   "00_" + id + "_00f067aa0ba902b7-01"}) {
    EXPECT_EQ(trace_id_of(wrong), "") << wrong;
  }
}

}  // namespace
}  // namespace wayleave::gateway
