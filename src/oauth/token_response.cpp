#include "oauth/token_response.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "oauth/answer_fields.hpp"
#include "oauth/flat_json.hpp"
#include "oauth/token_failure.hpp"

namespace wayleave::oauth {
namespace {

/// RFC 6749 appendix A.12: tokens are printable ASCII. Nothing else may reach a header (OA-18).
bool is_token(std::string_view text) {
  return text.size() <= kTokenBytesMax &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

/// A token member's text; an absent, null or empty one is empty, an unusable one an error.
std::expected<SecretString, TokenFailure> token_member(const FlatObject& object,
                                                       std::string_view name) {
  const Member* member = object.find(name);
  if (member == nullptr || member->kind == Member::Kind::Null) return SecretString();
  if (member->kind != Member::Kind::String || !member->text.expose(is_token)) {
    return std::unexpected(transient_failure("the answer's " + std::string(name) +
                                             " is not printable ASCII of at most 16 KiB"));
  }
  return member->text.clone();
}

/// No standard names it: Okta and others, Intuit, Keycloak.
std::optional<std::chrono::seconds> refresh_life(const FlatObject& object) {
  for (const std::string_view name :
       {"refresh_token_expires_in", "x_refresh_token_expires_in", "refresh_expires_in"}) {
    if (const auto life = seconds_member(object, name, kTokenLifeMax)) return life;
  }
  return std::nullopt;
}

TokenOutcome read_grant(const FlatObject& object) {
  auto access = token_member(object, "access_token");
  if (!access) return std::unexpected(access.error());
  if (access->empty()) return std::unexpected(transient_failure("the answer has no access_token"));
  const Member* type = object.find("token_type");
  if (type != nullptr && type->kind != Member::Kind::Null &&
      !iequals(object.string("token_type").value_or(""), "bearer")) {
    return std::unexpected(transient_failure("the answer's token_type is not bearer"));
  }
  auto refresh = token_member(object, "refresh_token");
  if (!refresh) return std::unexpected(refresh.error());
  return TokenSet{.access_token = *std::move(access),
                  .refresh_token = *std::move(refresh),
                  .expires_in = seconds_member(object, "expires_in", kTokenLifeMax),
                  .refresh_expires_in = refresh_life(object),
                  .scopes = scope_members(object),
                  .extra = extra_members(object)};
}

bool is_form(std::string_view content_type) {
  const auto media_type = trim(content_type.substr(0, content_type.find(';')));
  return iequals(media_type, "application/x-www-form-urlencoded");
}

TokenOutcome read(int status,
                  std::string_view content_type,
                  std::string_view body,
                  const ErrorWords& words,
                  const Confidential& told) {
  if (body.size() > kTokenBodyBytesMax) {
    return std::unexpected(transient_failure("the answer is larger than 1 MiB"));
  }
  const bool form = words.form_answers && is_form(content_type);
  const auto object = form ? FlatObject::parse_form(body) : FlatObject::parse(body);
  const bool success = status >= 200 && status < 300;
  if (!success || !object || reports_error(*object)) {
    return std::unexpected(classify_failure(status, object ? &*object : nullptr, words, told));
  }
  return read_grant(*object);
}

}  // namespace

TokenOutcome read_token_response(int status,
                                 std::string_view content_type,
                                 std::string_view retry_after,
                                 std::string_view body,
                                 const ErrorWords& words,
                                 const Confidential& told) {
  auto outcome = read(status, content_type, body, words, told);
  if (!outcome) outcome.error().retry_after = parse_retry_after(retry_after);
  return outcome;
}

}  // namespace wayleave::oauth
