#include "sandbox/json_reader.hpp"

#include <boost/json.hpp>

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

std::string string_of(const json::value& value) {
  const json::string& text = value.get_string();
  return {text.data(), text.size()};
}

}  // namespace

const json::value* JsonReader::any(std::string_view name) {
  known_.emplace(name);
  const json::value* member = object_.if_contains(name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

void JsonReader::complain(std::string_view name, std::string_view wanted) {
  if (complaint_.empty()) {
    complaint_ = "\"" + std::string(name) + "\" must be " + std::string(wanted);
  }
}

std::optional<std::string> JsonReader::text(std::string_view name) {
  const json::value* member = any(name);
  if (member == nullptr) return std::nullopt;
  if (!member->is_string()) {
    complain(name, "a string");
    return std::nullopt;
  }
  return string_of(*member);
}

std::optional<bool> JsonReader::boolean(std::string_view name) {
  const json::value* member = any(name);
  if (member == nullptr) return std::nullopt;
  if (!member->is_bool()) {
    complain(name, "true or false");
    return std::nullopt;
  }
  return member->get_bool();
}

std::optional<std::int64_t> JsonReader::integer(std::string_view name,
                                                std::int64_t min,
                                                std::int64_t max) {
  const json::value* member = any(name);
  if (member == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = member->to_number<std::int64_t>(error);
  if (error || number < min || number > max) {
    complain(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::optional<double> JsonReader::number(std::string_view name, double min, double max) {
  const json::value* member = any(name);
  if (member == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = member->to_number<double>(error);
  if (error || !(number >= min && number <= max)) {
    complain(name, "a number from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::optional<std::vector<std::string>> JsonReader::texts(std::string_view name) {
  const json::value* member = any(name);
  if (member == nullptr) return std::nullopt;
  std::vector<std::string> out;
  if (const json::array* items = member->if_array()) {
    for (const json::value& item : *items) {
      if (item.is_string()) out.push_back(string_of(item));
    }
    if (out.size() == items->size()) return out;
  }
  complain(name, "a list of strings");
  return std::nullopt;
}

std::optional<std::vector<std::pair<std::string, std::string>>> JsonReader::pairs(
    std::string_view name) {
  const json::value* member = any(name);
  if (member == nullptr) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> out;
  if (const json::object* items = member->if_object()) {
    for (const auto& item : *items) {
      if (item.value().is_string()) out.emplace_back(item.key(), string_of(item.value()));
    }
    if (out.size() == items->size()) return out;
  }
  complain(name, "an object of strings");
  return std::nullopt;
}

Outcome<void> JsonReader::finish() const {
  if (!complaint_.empty()) return invalid(complaint_);
  for (const auto& member : object_) {
    if (!known_.contains(std::string_view(member.key()))) {
      return invalid("\"" + std::string(member.key()) + "\" is not known here");
    }
  }
  return {};
}

}  // namespace wayleave::sandbox
