#include "api/change.hpp"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "access/audit.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"

namespace wayleave::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kTextMax = 300;
constexpr std::size_t kSideMax = 30 * 1024;  // two of them fit into a record
constexpr std::string_view kBlanked = "(blanked)";

json::object parse(std::string_view text) {
  json::error_code ec;
  json::value value = json::parse(json::string_view(text.data(), text.size()), ec);
  return ec || !value.is_object() ? json::object() : std::move(value.get_object());
}

/// Not in the middle of a character.
std::string beginning_of(std::string_view text) {
  std::string_view part = text.substr(0, kTextMax / 2);
  while (!part.empty() && !is_utf8(part)) part.remove_suffix(1);
  return std::string(part);
}

void shorten(json::value& value) {
  if (value.is_object()) {
    for (auto& member : value.get_object()) shorten(member.value());
  } else if (value.is_array()) {
    for (auto& item : value.get_array()) shorten(item);
  } else if (value.is_string() && value.get_string().size() > kTextMax) {
    const std::string_view text(value.get_string().data(), value.get_string().size());
    value = fmt::format("{}… ({} bytes, SHA-256 {})",
                        beginning_of(text),
                        text.size(),
                        to_hex(as_text(crypto::sha256(text))));
  }
}

std::string side(json::object object, const std::vector<std::string>& secrets) {
  for (const std::string& name : secrets) object[name] = json::string(kBlanked);
  json::value value(std::move(object));
  shorten(value);
  std::string text = json::serialize(value);
  if (text.size() <= kSideMax) return text;
  return fmt::format(
      R"({{"tooLong":{},"sha256":"{}"}})", text.size(), to_hex(as_text(crypto::sha256(text))));
}

void keep_differing(json::object& one, json::object& other) {
  std::vector<std::string> same{"updatedAt"};
  for (const auto& member : one) {
    const json::value* counterpart = other.if_contains(member.key());
    if (counterpart != nullptr && *counterpart == member.value()) same.emplace_back(member.key());
  }
  for (const std::string& name : same) {
    one.erase(name);
    other.erase(name);
  }
}

}  // namespace

std::string change_of(std::string_view before,
                      std::string_view after,
                      const std::vector<std::string>& secrets) {
  json::object was = parse(before);
  json::object is = parse(after);
  keep_differing(was, is);
  return access::change_detail(side(std::move(was), secrets), side(std::move(is), secrets));
}

std::string made_of(std::string_view after, const std::vector<std::string>& secrets) {
  return access::change_detail("null", side(parse(after), secrets));
}

std::string end_of(std::string_view before) {
  return access::change_detail(side(parse(before), {}), "null");
}

}  // namespace wayleave::api
