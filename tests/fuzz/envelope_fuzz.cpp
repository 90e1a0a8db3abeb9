// Any bytes as the body of an envelope call, in both encodings, and as a provider's answer.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "gateway/envelope.hpp"
#include "gateway/json_check.hpp"
#include "net/http1/head.hpp"
#include "tests/fuzz/support.hpp"

namespace wayleave::gateway {
namespace {

namespace json = boost::json;

json::parse_options options() {
  json::parse_options limits;
  limits.max_depth = kJsonDepthMax;
  return limits;
}

/// Whether the first half of a surrogate pair is named somewhere.
bool names_leading_half(std::string_view text) {
  for (auto at = text.find("\\u"); at != std::string_view::npos; at = text.find("\\u", at + 2)) {
    const std::string digits = to_lower(text.substr(at + 2, 2));
    if (digits >= "d8" && digits <= "db") return true;
  }
  return false;
}

/// Boost.JSON makes values, so it may refuse a number that does not fit and half a surrogate pair.
bool may_differ(const json::error_code& error, std::string_view text) {
  return error == json::error::exponent_overflow ||
         error == json::error::illegal_leading_surrogate ||
         error == json::error::illegal_trailing_surrogate ||
         (error == json::error::syntax && names_leading_half(text));
}

void check_grammar(std::string_view text) {
  json::error_code error;
  const json::value value = json::parse(text, error, {}, options());
  const bool good = is_json(text);
  FUZZ_CHECK(good ? !error || may_differ(error, text) : bool(error));

  JsonObject object(text);
  for (JsonMember member; object.next(member);) {
    FUZZ_CHECK(is_json('"' + std::string(member.name) + '"') && is_json(member.value));
  }
  FUZZ_CHECK(!object.whole() || good);
  if (good && !error) FUZZ_CHECK(object.whole() == value.is_object());
}

void check_fit_for_a_head(const Envelope& envelope) {
  FUZZ_CHECK(net::http1::is_token(envelope.method));
  FUZZ_CHECK(envelope.headers.size() <= kEnvelopeHeadersMax);
  for (const auto& [name, value] : envelope.headers) {
    FUZZ_CHECK(net::http1::is_token(name) && net::http1::is_field_value(value));
  }
}

std::string_view text_in(const json::object& object, std::string_view name) {
  const auto& text = object.at({name.data(), name.size()}).as_string();
  return {text.data(), text.size()};
}

/// An envelope that was taken says what Boost.JSON reads in it; a body that is no string stands in
/// it byte for byte.
void check_meaning(const Envelope& envelope, std::string_view text) {
  json::error_code error;
  const json::value value = json::parse(text, error, {}, options());
  if (error) {
    FUZZ_CHECK(may_differ(error, text));
    return;
  }
  const json::object& object = value.as_object();
  FUZZ_CHECK(envelope.user == text_in(object, "userForeignIdentifier"));
  FUZZ_CHECK(envelope.url == text_in(object, "url"));
  FUZZ_CHECK(iequals(envelope.method, text_in(object, "method")));
  const json::value* body = object.if_contains("body");
  FUZZ_CHECK(envelope.body.has_value() == (body != nullptr && !body->is_null()));
  if (!envelope.body) return;
  if (body->is_string()) {
    FUZZ_CHECK(*envelope.body == text_in(object, "body"));
  } else {
    FUZZ_CHECK(is_json(*envelope.body) && text.find(*envelope.body) != std::string_view::npos);
  }
}

void check_envelope(std::string_view content_type, std::string_view text) {
  fuzz::Exact bytes(text);
  Envelope envelope;
  const auto read = read_envelope(content_type, {bytes.data(), text.size()}, envelope);
  if (!read) {
    FUZZ_CHECK(!read.error().field.empty());
    return;
  }
  check_fit_for_a_head(envelope);
  if (content_type == "application/json") check_meaning(envelope, text);
}

std::string wrapped(bool said_to_be_json, std::string body) {
  const auto around = wrap_answer(said_to_be_json, body);
  return std::string(around.before) + body + std::string(around.after);
}

void check_answer(std::string_view body) {
  json::error_code error;
  const auto value = json::parse(wrapped(false, std::string(body)), error);
  FUZZ_CHECK(!error && value.is_object() && value.as_object().contains("data"));
  if (is_json(body)) {
    FUZZ_CHECK(wrapped(true, std::string(body)) == R"({"data":)" + std::string(body) + "}");
  }
}

}  // namespace
}  // namespace wayleave::gateway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wayleave;
  const fuzz::Exact input({reinterpret_cast<const char*>(data), size});
  gateway::check_grammar(input.text());
  gateway::check_envelope("application/json", input.text());
  gateway::check_envelope("application/x-www-form-urlencoded", input.text());
  gateway::check_answer(input.text());
  // Most inputs are no envelope by themselves: the same bytes as a part of one.
  const std::string start = R"({"userForeignIdentifier":"u","method":"get","url":"/",)";
  gateway::check_envelope("application/json", start + std::string(input.text()) + "}");
  gateway::check_envelope("application/json",
                          start + R"("body":)" + std::string(input.text()) + "}");
  gateway::check_envelope("application/json",
                          start + R"("headers":)" + std::string(input.text()) + "}");
  return 0;
}
