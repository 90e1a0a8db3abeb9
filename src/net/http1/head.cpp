#include "net/http1/head.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/http1/chars.hpp"

namespace wayleave::net::http1 {

std::optional<std::string_view> Head::get(LowerWord name) const {
  for (const FieldView& field : *this) {
    if (same_word(field.name, name.str())) return field.value;
  }
  return std::nullopt;
}

std::size_t Head::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      begin(), end(), [&](const FieldView& field) { return iequals(field.name, name); }));
}

bool Head::is_connection_option(std::string_view name) const {
  for (const FieldView& field : *this) {
    if (!same_word(field.name, "connection")) continue;
    std::string_view list = field.value;
    std::string_view member;
    while (next_member(list, member)) {
      if (iequals(member, name)) return true;
    }
  }
  return false;
}

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

bool is_token(std::string_view text) {
  const char* end = text.data() + text.size();
  return !text.empty() && find_token_end(text.data(), end) == end;
}

bool is_field_value(std::string_view text) {
  const char* end = text.data() + text.size();
  return find_forbidden(text.data(), end) == end;
}

bool is_origin_form(std::string_view text) {
  if (!text.starts_with('/')) return false;
  const std::string_view path = text.substr(0, text.find('?'));
  const char* end = text.data() + text.size();
  return path.find('\\') == std::string_view::npos && find_target_end(text.data(), end) == end;
}

bool is_hop_by_hop(std::string_view name) {
  return std::ranges::any_of(kHopByHop,
                             [&](std::string_view each) { return same_word(name, each); });
}

}  // namespace wayleave::net::http1
