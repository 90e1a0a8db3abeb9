// Token answers: whatever is taken for a token may stand in a header, is what a second JSON reader
// sees in the same place, and nothing of it appears in the text meant for the log.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/text.hpp"
#include "oauth/introspection.hpp"
#include "oauth/token_failure.hpp"
#include "oauth/token_response.hpp"
#include "tests/fuzz/support.hpp"

using namespace wayleave::fuzz;
using namespace wayleave::oauth;

namespace {

namespace json = boost::json;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string text_of(const wayleave::SecretString& secret) {
  return secret.expose([](std::string_view text) { return std::string(text); });
}

/// The second reader's view of a string member; empty when it is not one.
std::string member_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string().data(), value->get_string().size());
}

void check_tokens(const TokenSet& tokens, const json::object* object) {
  const std::string access = text_of(tokens.access_token);
  const std::string refresh = text_of(tokens.refresh_token);
  FUZZ_CHECK(!access.empty() && access.size() <= kTokenBytesMax && is_printable(access));
  FUZZ_CHECK(refresh.size() <= kTokenBytesMax && is_printable(refresh));
  if (tokens.expires_in) {
    FUZZ_CHECK(tokens.expires_in->count() >= 1 && *tokens.expires_in <= kTokenLifeMax);
  }
  FUZZ_CHECK(tokens.extra.size() <= kExtraFieldsMax);
  for (const auto& [name, value] : tokens.extra) {
    FUZZ_CHECK(!wayleave::has_control(name) && !wayleave::has_control(value));
    FUZZ_CHECK(value.size() <= kExtraBytesMax && name != "access_token" && name != "refresh_token");
  }
  if (object == nullptr) return;
  FUZZ_CHECK(member_of(*object, "access_token") == access);
  FUZZ_CHECK(member_of(*object, "refresh_token") == refresh);
}

/// A text that can only be a token: long, with a digit, without a break.
bool looks_like_token(std::string_view text) {
  return text.size() >= 16 &&
         std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") ==
             std::string_view::npos;
}

void check_failure(const TokenFailure& failure, const json::object* object) {
  FUZZ_CHECK(failure.code.size() <= kCodeBytesMax && is_printable(failure.code));
  FUZZ_CHECK(failure.detail.size() <= kDetailBytesMax && is_printable(failure.detail));
  if (failure.retry_after) FUZZ_CHECK(*failure.retry_after <= kRetryAfterMax);
  if (object == nullptr) return;
  for (const std::string_view name : {"access_token", "refresh_token", "error", "message"}) {
    const std::string value = member_of(*object, name);
    if (!looks_like_token(value)) continue;
    FUZZ_CHECK(failure.detail.find(value) == std::string::npos);
    FUZZ_CHECK(failure.code.find(value) == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Steering steering(rest);
  constexpr int statuses[] = {200, 201, 307, 400, 401, 403, 429, 500};
  const int status = statuses[steering.next(std::size(statuses))];
  ErrorWords words{.terminal = {"dead"}, .transient = {"busy"}, .config = {"wrong"}};
  words.form_answers = steering.next(2) == 1;
  const Exact body(rest);

  json::error_code ec;
  json::parse_options options;
  options.max_depth = FlatObject::kDepthMax;
  const json::value value = json::parse({rest.data(), rest.size()}, ec, {}, options);
  const json::object* object = !ec && value.is_object() ? &value.get_object() : nullptr;
  if (FlatObject::parse(body.text())) FUZZ_CHECK(object != nullptr);

  const char* type = words.form_answers ? "application/x-www-form-urlencoded" : "application/json";
  const auto outcome = read_token_response(status, type, "30", body.text(), words);
  const json::object* seen = words.form_answers ? nullptr : object;
  if (outcome) {
    FUZZ_CHECK(status >= 200 && status < 300);
    check_tokens(*outcome, seen);
  } else {
    check_failure(outcome.error(), object);
    const bool says_nothing = status == 307 || status == 429 || status == 500;
    if (says_nothing) FUZZ_CHECK(outcome.error().failure == FailureClass::Transient);
  }
  (void)read_introspection(status, body.text(), wayleave::Instant{});
  return 0;
}
