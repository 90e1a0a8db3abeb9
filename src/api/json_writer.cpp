#include "api/json_writer.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

namespace wayleave::api {

JsonWriter& JsonWriter::raw(std::string_view name, std::string_view json) {
  if (out_.size() > 1) out_ += ',';
  out_ += json_quote(name);
  out_ += ':';
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view name, std::string_view value) {
  return raw(name, json_quote(value));
}

JsonWriter& JsonWriter::text_or_null(std::string_view name, std::string_view value) {
  return value.empty() ? raw(name, "null") : text(name, value);
}

JsonWriter& JsonWriter::boolean(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

JsonWriter& JsonWriter::time(std::string_view name, Instant at) {
  return text(name, to_rfc3339(at));
}

JsonWriter& JsonWriter::time(std::string_view name, const std::optional<Instant>& at) {
  return at ? time(name, *at) : raw(name, "null");
}

JsonWriter& JsonWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  quoted.reserve(values.size());
  for (const std::string& value : values) quoted.push_back(json_quote(value));
  return raw(name, json_array(quoted));
}

JsonWriter& JsonWriter::map(std::string_view name,
                            const std::map<std::string, std::string>& values) {
  JsonWriter inner;
  for (const auto& [key, value] : values) inner.text(key, value);
  return raw(name, inner.str());
}

std::string json_array(const std::vector<std::string>& values) {
  return "[" + join(values, ",") + "]";
}

}  // namespace wayleave::api
