#include "vault/json_text.hpp"

#include <boost/json.hpp>

namespace wayleave::vault {
namespace json = boost::json;
namespace {

json::value parse(std::string_view text) {
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error);
  return error ? json::value{} : value;
}

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

std::string to_json(const std::vector<std::string>& list) {
  json::array array;
  for (const auto& item : list) array.emplace_back(item);
  return json::serialize(array);
}

std::string to_json(const std::map<std::string, std::string>& map) {
  json::object object;
  for (const auto& [name, value] : map) object.emplace(name, value);
  return json::serialize(object);
}

std::vector<std::string> list_from_json(std::string_view text) {
  std::vector<std::string> list;
  const json::value value = parse(text);
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) {
      if (const auto* string = item.if_string()) list.emplace_back(view(*string));
    }
  }
  return list;
}

std::map<std::string, std::string> map_from_json(std::string_view text) {
  std::map<std::string, std::string> map;
  const json::value value = parse(text);
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (const auto* string = member.value().if_string()) {
        map.emplace(std::string(member.key()), view(*string));
      }
    }
  }
  return map;
}

std::string scalar_member(std::string_view object_text, std::string_view name) {
  const json::value value = parse(object_text);
  const auto* object = value.if_object();
  if (object == nullptr) return {};
  const auto* member = object->if_contains({name.data(), name.size()});
  if (member == nullptr || member->is_structured() || member->is_null()) return {};
  if (const auto* string = member->if_string()) return std::string(view(*string));
  return json::serialize(*member);
}

}  // namespace wayleave::vault
