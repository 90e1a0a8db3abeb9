#include "api/request_body.hpp"

#include <fmt/core.h>

#include "api/page.hpp"

namespace wayleave::api {

std::string media_type(const net::Request& request) {
  const std::string_view value = request.fields.get("Content-Type").value_or("");
  return to_lower(trim(value.substr(0, value.find(';'))));
}

Result<JsonReader> read_json(const net::Request& request) {
  const std::string type = media_type(request);
  if (!type.empty() && type != "application/json") {
    return reject("Content-Type", "Content-Type: send the body as application/json");
  }
  return JsonReader::parse(request.body.empty() ? "{}" : std::string_view(request.body));
}

Result<std::string> form_text(const FormFields& form, std::string_view name) {
  const std::string* found = nullptr;
  for (const auto& [key, value] : form) {
    if (key != name) continue;
    if (found != nullptr) return reject(std::string(name), fmt::format("{}: give it once", name));
    found = &value;
  }
  if (found == nullptr) return reject(std::string(name), fmt::format("{}: is missing", name));
  return *found;
}

Result<std::string> read_anywhere(const net::Request& request, std::string_view name) {
  WL_TRY(auto from_query, query_text(request, name));
  if (from_query && request.body.empty()) return *std::move(from_query);
  if (from_query) {
    return reject(std::string(name), fmt::format("{}: send it in the query or the body", name));
  }
  if (request.body.empty()) {
    return reject(std::string(name), fmt::format("{}: is missing", name));
  }
  if (media_type(request) == "application/x-www-form-urlencoded") {
    const auto form = parse_form(request.body);
    if (!form) return reject("body", "the form is not well encoded");
    return form_text(*form, name);
  }
  WL_TRY(auto reader, read_json(request));
  std::string value = reader.required_text(name);
  WL_CHECK(reader.finish());
  return value;
}

}  // namespace wayleave::api
