#include "connect/callback_params.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "connect/limits.hpp"
#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

constexpr std::string_view kProse = "error_description";

std::optional<std::string> value_of(const FormFields& query, std::string_view name) {
  const auto found =
      std::ranges::find_if(query, [&](const auto& field) { return field.first == name; });
  if (found == query.end()) return std::nullopt;
  return found->second;
}

Result<> check_field(std::string_view name, std::string_view value) {
  if (name.size() > kCallbackNameBytesMax || has_control(name) || !is_utf8(name)) {
    return reject("", "the callback carries a parameter whose name is malformed");
  }
  const std::string shown(name);
  if (value.find('\0') != std::string_view::npos || (name != kProse && has_control(value))) {
    return reject(shown, "the callback parameter " + shown + " holds a control character");
  }
  if (value.size() > (name == "code" ? kCodeBytesMax : kCallbackValueBytesMax)) {
    return reject(shown, "the callback parameter " + shown + " is too long");
  }
  return {};
}

/// An error word as RFC 6749 writes them; anything else is reported without repeating it.
std::string error_word(std::string_view text) {
  constexpr std::string_view safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  const bool plain = !text.empty() && text.size() <= kErrorWordBytesMax &&
                     text.find_first_not_of(safe) == std::string_view::npos;
  return plain ? std::string(text) : "unknown_error";
}

std::string mend_prose(std::string text) {
  if (!is_utf8(text)) return {};
  std::ranges::replace_if(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }, ' ');
  if (text.size() > kDescriptionBytesMax) {
    std::size_t end = kDescriptionBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  return text;
}

}  // namespace

Result<CallbackParams> read_callback(const FormFields& query) {
  if (query.size() > kCallbackParamsMax)
    return reject("", "the callback carries too many parameters");
  std::set<std::string_view> seen;
  for (const auto& [name, value] : query) {
    WL_CHECK(check_field(name, value));
    if (!seen.insert(name).second) {
      return reject(name, "the callback carries the parameter " + name + " twice");
    }
  }

  const auto state = value_of(query, "state");
  const auto code = value_of(query, "code");
  const auto error = value_of(query, "error");
  if (!state || !is_one_time(*state)) {
    return reject("state", "the callback carries no state of ours");
  }
  if (code.has_value() == error.has_value()) {
    return reject("code", "the callback must carry either code or error");
  }
  if (code && code->empty()) return reject("code", "the callback carries an empty code");

  CallbackParams params;
  params.state = *state;
  params.code = code.value_or("");
  if (error) params.error = error_word(*error);
  params.description = mend_prose(value_of(query, kProse).value_or(""));
  params.iss = value_of(query, "iss");
  return params;
}

std::map<std::string, std::string> callback_metadata(const FormFields& query,
                                                     const std::vector<std::string>& wanted) {
  std::map<std::string, std::string> kept;
  for (const std::string& name : wanted) {
    const auto value = value_of(query, name);
    if (value && !value->empty() && value->size() <= kMetadataValueBytesMax && is_utf8(*value)) {
      kept.emplace(name, *value);
    }
  }
  return kept;
}

}  // namespace wayleave::connect
