// Any bytes as the body of an envelope call, in both encodings, and as a provider's answer.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <string>

#include "gateway/envelope.hpp"
#include "gateway/json_check.hpp"
#include "net/http1/head.hpp"
#include "tests/fuzz/support.hpp"

namespace wayleave::gateway {
namespace {

boost::json::parse_options options() {
  boost::json::parse_options limits;
  limits.max_depth = kJsonDepthMax;
  return limits;
}

/// Boost.JSON makes values, so it may refuse a number that does not fit; nothing else.
void check_grammar(std::string_view text) {
  boost::json::error_code error;
  boost::json::parse(text, error, {}, options());
  if (is_json(text)) {
    FUZZ_CHECK(!error || error == boost::json::error::exponent_overflow ||
               error == boost::json::error::illegal_leading_surrogate ||
               error == boost::json::error::illegal_trailing_surrogate ||
               error == boost::json::error::expected_utf16_escape);
  } else {
    FUZZ_CHECK(error);
  }
}

void check_envelope(std::string_view content_type, std::string_view text) {
  const auto envelope = parse_envelope(content_type, text);
  if (!envelope) {
    FUZZ_CHECK(!envelope.error().field.empty());
    return;
  }
  FUZZ_CHECK(net::http1::is_token(envelope->method));
  for (const auto& [name, value] : envelope->headers) {
    FUZZ_CHECK(net::http1::is_token(name) && net::http1::is_field_value(value));
  }
  if (content_type == "application/json" && envelope->body && is_json(*envelope->body)) {
    // A body that is JSON stands in the envelope as it is, unless it was a string's content.
    FUZZ_CHECK(text.find(*envelope->body) != std::string_view::npos ||
               text.find('\\') != std::string_view::npos);
  }
}

void check_answer(std::string_view body) {
  boost::json::error_code error;
  const auto value = boost::json::parse(wrap_answer("text/plain", body), error);
  FUZZ_CHECK(!error && value.is_object() && value.as_object().contains("data"));
  if (is_json(body)) {
    FUZZ_CHECK(wrap_answer("application/json", body) == R"({"data":)" + std::string(body) + "}");
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
  return 0;
}
