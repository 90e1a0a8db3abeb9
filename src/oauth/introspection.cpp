#include "oauth/introspection.hpp"

#include "oauth/answer_fields.hpp"
#include "oauth/flat_json.hpp"
#include "oauth/token_failure.hpp"
#include "oauth/token_response.hpp"

namespace wayleave::oauth {
namespace {

constexpr std::chrono::seconds kInstantMax{253'402'300'799};  // the end of the year 9999

bool is_true(const FlatObject& object, std::string_view name) {
  const Member* member = object.find(name);
  return member != nullptr && member->kind == Member::Kind::Boolean && !object.is_false(name);
}

bool is_boolean(const FlatObject& object, std::string_view name) {
  return is_true(object, name) || object.is_false(name);
}

std::optional<Instant> expires_at(const FlatObject& object, Instant now) {
  if (const auto exp = seconds_member(object, "exp", kInstantMax)) return Instant{Millis{*exp}};
  if (const auto life = seconds_member(object, "expires_in", kTokenLifeMax)) return now + *life;
  return std::nullopt;
}

}  // namespace

Result<Introspection> read_introspection(int status, std::string_view body, Instant now) {
  const auto object =
      body.size() <= kTokenBodyBytesMax ? FlatObject::parse(body) : std::optional<FlatObject>();
  if (status != 200) {
    const auto failure = classify_failure(status, object ? &*object : nullptr, {});
    return fail(ErrorKind::Retry,
                "upstream_invalid",
                "the provider did not introspect the token",
                failure.detail);
  }
  if (!object || !is_boolean(*object, "active")) {
    return fail(ErrorKind::Internal,
                "upstream_invalid",
                "the provider's introspection answer is not one",
                "no boolean member active");
  }
  Introspection result;
  result.active = is_true(*object, "active");
  if (!result.active) return result;
  result.client_id = object->string("client_id").value_or("");
  result.scopes = scope_members(*object);
  result.expires_at = expires_at(*object, now);
  result.extra = extra_members(*object);
  return result;
}

}  // namespace wayleave::oauth
