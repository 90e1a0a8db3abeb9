#include "api/json_reader.hpp"

#include <fmt/core.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/memory_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <set>

#include "base/text.hpp"

namespace wayleave::api {
namespace {

namespace json = boost::json;

/// Heap memory that is wiped before it is given back.
class WipingMemory final : public json::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t align) override {
    return ::operator new(bytes, std::align_val_t(align));
  }
  void do_deallocate(void* data, std::size_t bytes, std::size_t align) override {
    wipe(data, bytes);
    ::operator delete(data, std::align_val_t(align));
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

/// Looks for a member that occurs twice in one object: the value type would keep the last in
/// silence, and two readers of one document could then disagree.
struct DuplicateFinder {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  std::vector<std::set<std::string>> open;
  std::string key;
  std::string duplicate;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    open.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& ec) {
    key.append(part.data(), part.size());
    if (!open.back().insert(key).second) {
      duplicate = key;
      ec = json::error::syntax;
      return false;
    }
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

/// Text from the input, made fit for a message.
std::string shown(std::string_view name) {
  if (name.size() > 64 || has_control(name) || !is_utf8(name)) return "(unprintable)";
  return std::string(name);
}

std::string to_std(const json::string& text) { return {text.data(), text.size()}; }

}  // namespace

struct JsonReader::Impl {
  WipingMemory memory;  // before the values that live in it
  json::object object;
  std::set<std::string, std::less<>> asked;
  std::optional<Error> fault;

  explicit Impl() : object(json::storage_ptr(&memory)) {}

  void blame(std::string_view name, std::string_view what) {
    if (!fault) fault = reject(std::string(name), fmt::format("{}: {}", name, what)).error();
  }
  const json::value* find(std::string_view name) {
    asked.emplace(name);
    const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  const json::string* find_text(std::string_view name) {
    const json::value* value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_string()) blame(name, "must be text");
    return value->if_string();
  }
};

JsonReader::JsonReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;
JsonReader::~JsonReader() = default;

Result<JsonReader> JsonReader::parse(std::string_view body) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::error_code ec;
  json::basic_parser<DuplicateFinder> duplicates(options);
  duplicates.write_some(false, body.data(), body.size(), ec);
  if (!duplicates.handler().duplicate.empty()) {
    const std::string name = shown(duplicates.handler().duplicate);
    return reject(name, fmt::format("{}: occurs twice in one object", name));
  }
  if (ec == json::error::too_deep) {
    return reject("body", fmt::format("the JSON is nested deeper than {} levels", kDepthMax));
  }
  if (ec) return reject("body", "the body must be one JSON object: " + ec.message());

  auto impl = std::make_unique<Impl>();
  json::value value = json::parse(
      json::string_view(body.data(), body.size()), ec, json::storage_ptr(&impl->memory), options);
  if (ec) return reject("body", "the body must be one JSON object: " + ec.message());
  if (!value.is_object()) return reject("body", "the body must be one JSON object");
  impl->object = std::move(value.get_object());
  return JsonReader(std::move(impl));
}

std::optional<std::string> JsonReader::text(std::string_view name) {
  const json::string* text = impl_->find_text(name);
  return text == nullptr ? std::nullopt : std::optional(to_std(*text));
}

std::string JsonReader::required_text(std::string_view name) {
  auto value = text(name);
  if (!value) impl_->blame(name, "is missing");
  return std::move(value).value_or("");
}

std::optional<SecretString> JsonReader::secret(std::string_view name) {
  const json::string* text = impl_->find_text(name);
  if (text == nullptr) return std::nullopt;
  return SecretString(std::string_view(text->data(), text->size()));
}

std::optional<std::vector<std::string>> JsonReader::texts(std::string_view name) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  const json::array* list = value->if_array();
  if (list == nullptr || list->size() > kListMax) {
    impl_->blame(name, fmt::format("must be a list of at most {} texts", kListMax));
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const json::value& item : *list) {
    if (!item.is_string()) {
      impl_->blame(name, "must be a list of texts");
      return std::nullopt;
    }
    texts.push_back(to_std(item.get_string()));
  }
  return texts;
}

std::optional<std::int64_t> JsonReader::integer(std::string_view name,
                                                std::int64_t min,
                                                std::int64_t max) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  const std::int64_t* number = value->if_int64();
  if (number == nullptr || *number < min || *number > max) {
    impl_->blame(name, fmt::format("must be a whole number from {} to {}", min, max));
    return std::nullopt;
  }
  return *number;
}

std::optional<bool> JsonReader::boolean(std::string_view name) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) {
    impl_->blame(name, "must be true or false");
    return std::nullopt;
  }
  return value->get_bool();
}

std::optional<std::map<std::string, std::string>> JsonReader::text_map(std::string_view name) {
  const json::value* value = impl_->find(name);
  if (value == nullptr) return std::nullopt;
  const json::object* object = value->if_object();
  if (object == nullptr || object->size() > kListMax) {
    impl_->blame(name, "must be an object of texts");
    return std::nullopt;
  }
  std::map<std::string, std::string> map;
  for (const auto& [key, item] : *object) {
    const std::string member(key.data(), key.size());
    if (item.is_string()) {
      map[member] = to_std(item.get_string());
    } else if (item.is_object()) {
      FormFields fields;
      for (const auto& [inner, text] : item.get_object()) {
        if (!text.is_string()) impl_->blame(name, shown(member) + " must hold texts");
        if (text.is_string()) {
          fields.emplace_back(std::string(inner.data(), inner.size()), to_std(text.get_string()));
        }
      }
      map[member] = encode_form(fields);
    } else if (!item.is_null()) {
      impl_->blame(name, shown(member) + " must be text");
    }
  }
  return map;
}

std::optional<std::string> JsonReader::raw(std::string_view name) {
  const json::value* value = impl_->find(name);
  return value == nullptr ? std::nullopt : std::optional(json::serialize(*value));
}

bool JsonReader::null(std::string_view name) {
  const json::value* value = impl_->object.if_contains(name);
  return value != nullptr && value->is_null();
}

Result<> JsonReader::finish() {
  if (impl_->fault) return std::unexpected(*impl_->fault);
  for (const auto& [key, value] : impl_->object) {
    const std::string name(key.data(), key.size());
    if (impl_->asked.contains(name)) continue;
    const std::vector<std::string> known(impl_->asked.begin(), impl_->asked.end());
    return reject(shown(name),
                  fmt::format("{}: unknown; known are: {}", shown(name), join(known, ", ")));
  }
  return {};
}

}  // namespace wayleave::api
