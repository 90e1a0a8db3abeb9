#include "oauth/callback_params.hpp"

#include <algorithm>
#include <set>

#include "oauth/token_failure.hpp"

namespace wayleave::oauth {
namespace {

/// RFC 6749 appendix A.5 and A.11: `state` and `code` are printable ASCII.
bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

/// A field name short and plain enough to be repeated in an error.
std::string nameable(std::string_view name) {
  return name.size() <= 64 && printable(name) ? std::string(name) : std::string("query");
}

Result<> check_shape(const FormFields& query) {
  if (query.size() > kCallbackFieldsMax) {
    return reject("query", "the callback has more than 32 parameters");
  }
  std::set<std::string_view> names;
  for (const auto& [name, value] : query) {
    if (!names.insert(name).second) {
      return reject(nameable(name),
                    "the callback's parameter '" + nameable(name) +
                        "' came twice; start again from the install link");
    }
    if (name.size() > 128 || value.size() > kCallbackValueMax) {
      return reject(nameable(name),
                    "the callback's parameter '" + nameable(name) + "' is too long");
    }
  }
  return {};
}

/// The provider's explanation without control characters, cut between characters.
std::string one_line(std::string_view text) {
  if (!is_utf8(text)) return {};
  if (text.size() > kDescriptionLengthMax) {
    std::size_t end = kDescriptionLengthMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string out(text);
  std::ranges::replace_if(out, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }, ' ');
  return out;
}

Result<> check_text(std::string_view name, std::string_view value, std::size_t length_max) {
  if (value.size() <= length_max && printable(value)) return {};
  return reject(std::string(name),
                "the callback's parameter '" + std::string(name) +
                    "' is too long or holds characters that it cannot have");
}

}  // namespace

Result<CallbackParams> parse_callback(const FormFields& query) {
  WL_CHECK(check_shape(query));
  CallbackParams params;
  std::string error;
  for (const auto& [name, value] : query) {
    if (name == "state") {
      params.state = value;
    } else if (name == "code") {
      params.code = value;
    } else if (name == "error") {
      error = value;
    } else if (name == "error_description") {
      params.error_description = one_line(value);
    } else if (name == "iss") {
      params.iss = value;
    } else if (printable(name) && is_utf8(value) && !has_control(value)) {
      params.extra.emplace(name, value);
    }
  }
  WL_CHECK(check_text("state", params.state, kStateLengthMax));
  WL_CHECK(check_text("code", params.code, kCodeLengthMax));
  WL_CHECK(check_text("error", error, kCallbackValueMax));
  if (params.state.empty()) return reject("state", "the callback has no state");
  if (params.code.empty() == error.empty()) {
    return reject("code", "the callback must have either a code or an error");
  }
  params.error = safe_code(error);
  return params;
}

Result<> check_issuer(std::string_view expected,
                      bool sends_iss,
                      const std::optional<std::string>& iss) {
  if (!iss) {
    if (!sends_iss) return {};
    return reject("iss", "the callback does not name its issuer, which this provider always does");
  }
  if (expected.empty() || *iss == expected) return {};
  return reject("iss", "the callback comes from another issuer than the one this flow was sent to");
}

}  // namespace wayleave::oauth
