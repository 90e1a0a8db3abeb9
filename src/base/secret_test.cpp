#include "base/secret.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <type_traits>

#include "base/log.hpp"

namespace wayleave {
namespace {

// Misuse does not compile: no copy, no view by accident, no log field, no formatter.
static_assert(!std::is_copy_constructible_v<SecretString>);
static_assert(!std::is_copy_assignable_v<SecretString>);
static_assert(!std::is_convertible_v<SecretString, std::string_view>);
static_assert(!std::is_convertible_v<SecretString, std::string>);
static_assert(!std::is_constructible_v<LogField, std::string_view, const SecretString&>);
static_assert(!fmt::is_formattable<SecretString>::value);

TEST(SecretString, MovedFromIsEmpty) {
  SecretString a("token");
  const SecretString b(std::move(a));
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): the promise under test
  b.expose([](std::string_view text) { EXPECT_EQ(text, "token"); });
}

TEST(SecretString, CloneIsIndependent) {
  SecretString a("token");
  const SecretString b = a.clone();
  a = SecretString("other");
  b.expose([](std::string_view text) { EXPECT_EQ(text, "token"); });
}

TEST(Wipe, OverwritesTheBytes) {
  std::string text = "secret";
  wipe(text.data(), text.size());
  EXPECT_EQ(text, std::string(6, '\0'));
}

}  // namespace
}  // namespace wayleave
