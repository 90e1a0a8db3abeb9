#include "oauth/confidential.hpp"

#include <gtest/gtest.h>

namespace wayleave::oauth {
namespace {

TEST(Confidential, BlotsOutWhatWasTold) {  // LG-01
  Confidential told;
  told.add("onlyletters");
  told.add("onlyletters-and-more");
  told.add("pa ss/\"word");
  told.add("");
  EXPECT_EQ(told.blot("onlyletters onlyletters-and-more, twice onlyletters"),
            "[...] [...], twice [...]");
  EXPECT_EQ(told.blot("as sent: pa%20ss%2F%22word"), "as sent: [...]");
  EXPECT_EQ(told.blot(R"(in JSON: "pa ss/\"word")"), R"(in JSON: "[...]")");
  EXPECT_EQ(told.blot("refresh token is invalid"), "refresh token is invalid");
}

}  // namespace
}  // namespace wayleave::oauth
