#include "vault/connection.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace wayleave::vault {
namespace {

constexpr std::size_t kUserBytesMax = 255;
constexpr std::array<std::pair<State, std::string_view>, 4> kStates{{
    {State::Active, "active"},
    {State::RefreshUnknown, "refresh_unknown"},
    {State::NeedsReauthorization, "needs_reauthorization"},
    {State::Revoked, "revoked"},
}};

}  // namespace

std::string_view to_string(State state) {
  for (const auto& [value, name] : kStates) {
    if (value == state) return name;
  }
  return {};
}

std::optional<State> parse_state(std::string_view text) {
  for (const auto& [value, name] : kStates) {
    if (name == text) return value;
  }
  return std::nullopt;
}

Result<> check_user(std::string_view text) {
  if (text.empty() || text.size() > kUserBytesMax || has_control(text) || !is_utf8(text)) {
    return reject("userForeignIdentifier",
                  "must be 1 to 255 bytes of UTF-8 without control characters");
  }
  return {};
}

Result<std::string> parse_user(std::string_view text) {
  WL_CHECK(check_user(text));
  return std::string(text);
}

}  // namespace wayleave::vault
