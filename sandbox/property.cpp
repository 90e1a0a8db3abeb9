#include "sandbox/property.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/times.hpp"

namespace wayleave::sandbox {
namespace {

using Normalised = std::expected<std::string, ProblemDetail>;

Normalised refuse(const Property& property, std::string code, std::string message) {
  ProblemDetail detail{std::move(message), std::move(code)};
  detail.context["propertyName"] = {property.name};
  return std::unexpected(std::move(detail));
}

Normalised normalise_number(const Property& property, std::string_view value) {
  const auto text = trim(value);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = end == text.data() + text.size() && error == std::errc();
  if (!whole || !std::isfinite(number)) {
    return refuse(
        property,
        property.integer ? "INVALID_INTEGER" : "INVALID_NUMBER",
        std::string(value) + " was not a valid " + (property.integer ? "integer." : "number."));
  }
  if (property.integer && std::trunc(number) != number) {
    return refuse(property, "INVALID_INTEGER", std::string(value) + " was not a valid integer.");
  }
  return std::string(text);
}

Normalised normalise_time(const Property& property, std::string_view value) {
  const auto at = parse_time(trim(value));
  if (!at) {
    const bool date = property.type == "date";
    return refuse(property,
                  date ? "INVALID_DATE" : "INVALID_LONG",
                  std::string(value) + " was not a valid " + (date ? "date." : "long."));
  }
  return property.type == "date" ? to_date(*at) : to_rfc3339(*at);
}

Normalised normalise_choice(const Property& property, std::string_view value) {
  if (property.external_options && property.options.empty()) return std::string(value);
  const bool several = property.field_type == "checkbox";
  const auto chosen = several ? split(value, ';') : std::vector<std::string_view>{value};
  for (const auto one : chosen) {
    if (one.empty() ||
        std::ranges::find(property.options, one, &Option::value) != property.options.end()) {
      continue;
    }
    std::string allowed;
    for (const auto& option : property.options) {
      allowed += (allowed.empty() ? "" : ", ") + option.value;
    }
    return refuse(property,
                  "INVALID_OPTION",
                  std::string(one) + " was not one of the allowed options: [" + allowed + "]");
  }
  return std::string(value);
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != std::string_view::npos) {
    return false;
  }
  const auto domain = text.substr(at + 1);
  return domain.find('.') != std::string_view::npos && !domain.starts_with('.') &&
         !domain.ends_with('.') && text.find_first_of(" ,;<>()\"") == std::string_view::npos &&
         !has_control(text);
}

Normalised normalise_text(const Property& property, std::string_view value) {
  if (property.name != "email") return std::string(value);
  std::string email = to_lower(trim(value));
  if (!is_email(email)) {
    return refuse(property, "INVALID_EMAIL", "Email address " + std::string(value) + " is invalid");
  }
  return email;
}

}  // namespace

const Property* PropertyTable::find(std::string_view name) const {
  const auto at = properties.find(name);
  return at == properties.end() || at->second.archived ? nullptr : &at->second;
}

Normalised normalise(const Property& property, std::string_view value) {
  if (property.read_only) {
    return refuse(property,
                  "READ_ONLY_VALUE",
                  "\"" + property.name + "\" is a read only property; its value cannot be set.");
  }
  if (value.empty()) return std::string();
  if (value.size() > kValueBytesMax) {
    return refuse(property,
                  "PROPERTY_VALUE_TOO_LONG",
                  "The value is longer than " + std::to_string(kValueBytesMax) + " characters.");
  }
  if (property.type == "number") return normalise_number(property, value);
  if (property.type == "date" || property.type == "datetime") {
    return normalise_time(property, value);
  }
  if (property.type == "enumeration") return normalise_choice(property, value);
  if (property.type == "bool" && value != "true" && value != "false") {
    return refuse(property,
                  "INVALID_OPTION",
                  std::string(value) + " was not one of the allowed options: [true, false]");
  }
  return normalise_text(property, value);
}

}  // namespace wayleave::sandbox
