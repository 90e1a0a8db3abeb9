#include "app/cli/json_view.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace wayleave::app::cli {
namespace {

namespace json = boost::json;

const json::value* as_value(const void* value) { return static_cast<const json::value*>(value); }

const json::value* find(const void* value, std::string_view name) {
  if (value == nullptr) return nullptr;
  const json::object* object = as_value(value)->if_object();
  return object == nullptr ? nullptr
                           : object->if_contains(json::string_view(name.data(), name.size()));
}

std::string shown(const json::value& value) {
  if (const json::string* text = value.if_string()) return {text->data(), text->size()};
  if (value.is_null()) return {};
  return json::serialize(value);
}

void lay_out(const json::value& value, const std::string& indent, std::string& out) {
  const std::string deeper = indent + "  ";
  const char* separator = "\n";
  if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    for (const auto& [key, member] : *object) {
      out += separator + deeper + json::serialize(json::value(key)) + ": ";
      lay_out(member, deeper, out);
      separator = ",\n";
    }
    out += "\n" + indent + "}";
  } else if (const json::array* list = value.if_array(); list != nullptr && !list->empty()) {
    out += '[';
    for (const json::value& item : *list) {
      out += separator + deeper;
      lay_out(item, deeper, out);
      separator = ",\n";
    }
    out += "\n" + indent + "]";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

JsonView JsonView::parse(std::string_view text) {
  JsonView view;
  json::error_code ec;
  auto document =
      std::make_shared<json::value>(json::parse(json::string_view(text.data(), text.size()), ec));
  if (ec) return view;
  view.value_ = document.get();
  view.document_ = std::move(document);
  return view;
}

JsonView JsonView::member(std::string_view name) const {
  JsonView view;
  view.document_ = document_;
  view.value_ = find(value_, name);
  return view;
}

std::string JsonView::text(std::string_view name) const {
  const json::value* value = find(value_, name);
  return value == nullptr ? std::string() : shown(*value);
}

std::vector<std::string> JsonView::texts(std::string_view name) const {
  std::vector<std::string> texts;
  const json::value* value = find(value_, name);
  if (value == nullptr || !value->is_array()) return texts;
  for (const json::value& item : value->get_array()) texts.push_back(shown(item));
  return texts;
}

std::vector<JsonView> JsonView::list(std::string_view name) const {
  std::vector<JsonView> views;
  const json::value* value = find(value_, name);
  if (value == nullptr || !value->is_array()) return views;
  for (const json::value& item : value->get_array()) {
    JsonView view;
    view.document_ = document_;
    view.value_ = &item;
    views.push_back(std::move(view));
  }
  return views;
}

std::string JsonView::json() const {
  return value_ == nullptr ? "null" : json::serialize(*as_value(value_));
}

std::string pretty_json(std::string_view text) {
  json::error_code ec;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), ec);
  if (ec) return std::string(text);
  std::string out;
  lay_out(value, "", out);
  return out;
}

}  // namespace wayleave::app::cli
