#include "oauth/answer_fields.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/text.hpp"
#include "oauth/scopes.hpp"
#include "oauth/token_response.hpp"

namespace wayleave::oauth {
namespace {

/// Names of members that hold secrets or that have a place of their own.
bool is_kept_apart(std::string_view name) {
  const std::string lower = to_lower(name);
  const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (lower == "token_type" || lower == "token_use") return false;
  return lower == "expires_in" || lower == "scope" || lower == "scopes" || has("token") ||
         has("secret") || has("password") || has("assertion");
}

bool is_scalar(const Member& member) {
  return member.kind == Member::Kind::String || member.kind == Member::Kind::Number ||
         member.kind == Member::Kind::Boolean;
}

}  // namespace

std::optional<std::chrono::seconds> seconds_member(const FlatObject& object,
                                                   std::string_view name,
                                                   std::chrono::seconds max) {
  const Member* member = object.find(name);
  if (member == nullptr ||
      (member->kind != Member::Kind::Number && member->kind != Member::Kind::String)) {
    return std::nullopt;
  }
  return member->text.expose([&](std::string_view text) -> std::optional<std::chrono::seconds> {
    text = trim(text);
    double seconds = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
    // Written so that NaN is refused, too.
    if (!(seconds >= 1 && seconds <= static_cast<double>(max.count()))) return std::nullopt;
    return std::chrono::seconds{static_cast<std::int64_t>(std::floor(seconds))};
  });
}

std::optional<std::vector<std::string>> scope_members(const FlatObject& object) {
  for (const std::string_view name : {"scopes", "scope"}) {
    const Member* member = object.find(name);
    if (member == nullptr) continue;
    if (member->kind == Member::Kind::Array) return granted_scopes(member->items, std::nullopt);
    if (member->kind == Member::Kind::String && !member->text.empty()) {
      return member->text.expose(split_scopes);
    }
  }
  return std::nullopt;
}

std::map<std::string, std::string> extra_members(const FlatObject& object) {
  std::map<std::string, std::string> kept;
  for (const Member& member : object.members()) {
    if (kept.size() == kExtraFieldsMax) break;
    if (!is_scalar(member) || member.text.size() > kExtraBytesMax || member.name.empty() ||
        has_control(member.name) || is_kept_apart(member.name)) {
      continue;
    }
    member.text.expose([&](std::string_view text) {
      if (!has_control(text)) kept.emplace(member.name, text);
    });
  }
  return kept;
}

}  // namespace wayleave::oauth
