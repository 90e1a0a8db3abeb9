#include "provider/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.hpp"

namespace wayleave::provider {
namespace {

constexpr std::int64_t kDurationMax = 100LL * 366 * 86'400;

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t unit = 1;
  if (text.ends_with('s') || text.ends_with('m') || text.ends_with('h') || text.ends_with('d')) {
    unit = text.back() == 's' ? 1 : text.back() == 'm' ? 60 : text.back() == 'h' ? 3600 : 86'400;
    text.remove_suffix(1);
  }
  const auto count = parse_number<std::int64_t>(text);
  if (!count || *count < 0 || text.starts_with('-') || *count > kDurationMax / unit) {
    return std::nullopt;
  }
  return std::chrono::seconds{*count * unit};
}

void Problems::add(const Node& node, std::string_view path, std::string_view message) {
  if (messages_.empty()) first_path_ = path;
  add(fmt::format("{}: {}{}{}", node.where(), path, path.empty() ? "" : ": ", message));
}

void Problems::add(std::string message) {
  if (messages_.size() < kMax) messages_.push_back(std::move(message));
}

Error Problems::error() const {
  return {ErrorKind::Reject,
          "provider_invalid",
          fmt::format("{}", fmt::join(messages_, "\n")),
          {},
          first_path_};
}

Section::Section(const Node& node, std::string path, Problems& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {
  if (node.kind != Node::Kind::Map) problems.add(node, path_, "must be a map of keys to values");
}

std::string Section::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const Node* Section::take(std::string_view key) {
  taken_.emplace_back(key);
  const Node* value = node_.find(key);
  if (value == nullptr || value->kind != Node::Kind::Null) return value;
  complain(key, "has no value: give it one or leave the key out");
  return nullptr;
}

void Section::complain(std::string_view key, std::string_view message) {
  const Node* value = node_.find(key);
  problems_.add(value == nullptr ? node_ : *value, path_of(key), message);
}

std::string Section::text(std::string_view key) {
  const Node* value = take(key);
  if (value == nullptr) return {};
  if (value->is_text() && !value->text.empty()) return value->text;
  complain(key,
           value->kind == Node::Kind::Scalar && !value->text.empty()
               ? "must be text: put it in quotes"
               : "must be text");
  return {};
}

std::string Section::required_text(std::string_view key) {
  if (!has(key)) {
    (void)take(key);
    complain(key, "is missing");
    return {};
  }
  return text(key);
}

bool Section::flag(std::string_view key, bool otherwise) {
  const Node* value = take(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) complain(key, "must be true or false");
  return value->text == "true";
}

std::optional<std::int64_t> Section::integer(std::string_view key,
                                             std::int64_t min,
                                             std::int64_t max) {
  const Node* value = take(key);
  if (value == nullptr) return std::nullopt;
  const auto number = value->is_integer() ? parse_number<std::int64_t>(value->text) : std::nullopt;
  if (number && *number >= min && *number <= max) return number;
  complain(key, fmt::format("must be a whole number from {} to {}", min, max));
  return std::nullopt;
}

std::optional<std::chrono::seconds> Section::duration(std::string_view key) {
  const Node* value = take(key);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_integer() || value->is_text();
  const auto parsed = fits ? parse_duration(value->text) : std::nullopt;
  if (!parsed) complain(key, "must be a number of seconds or a text like 30s, 5m, 1h, 90d");
  return parsed;
}

const Node* Section::take_list(std::string_view key) {
  const Node* value = take(key);
  if (value == nullptr || value->kind == Node::Kind::List) return value;
  complain(key, "must be a list");
  return nullptr;
}

std::vector<std::string> Section::texts(std::string_view key) {
  std::vector<std::string> found;
  const Node* list = take_list(key);
  if (list == nullptr) return found;
  for (const Node& item : list->items) {
    if (!item.is_text() || item.text.empty()) {
      problems_.add(item, path_of(key), "must be a list of texts");
    } else if (std::ranges::find(found, item.text) != found.end()) {
      problems_.add(item, path_of(key), fmt::format("'{}' stands twice", item.text));
    } else {
      found.push_back(item.text);
    }
  }
  return found;
}

FormFields Section::pairs(std::string_view key) {
  FormFields found;
  section(key, [&](Section& map) {
    for (const auto& [name, value] : map.node().members) {
      found.emplace_back(name, map.required_text(name));
    }
  });
  return found;
}

std::optional<std::size_t> Section::one_of(std::string_view key,
                                           std::initializer_list<std::string_view> names) {
  const std::string value = text(key);
  const auto at = std::find(names.begin(), names.end(), value);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  if (!value.empty()) complain(key, fmt::format("must be one of {}", fmt::join(names, ", ")));
  return std::nullopt;
}

void Section::section(std::string_view key, const std::function<void(Section&)>& read) {
  const Node* value = take(key);
  if (value == nullptr) return;
  Section inner(*value, path_of(key), problems_);
  if (value->kind != Node::Kind::Map) return;
  read(inner);
  inner.finish();
}

void Section::each(std::string_view key, const std::function<void(Section&)>& read) {
  const Node* list = take_list(key);
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    Section inner(list->items[i], fmt::format("{}[{}]", path_of(key), i), problems_);
    if (list->items[i].kind != Node::Kind::Map) continue;
    read(inner);
    inner.finish();
  }
}

void Section::each_named(std::string_view key,
                         const std::function<void(std::string_view name, Section&)>& read) {
  section(key, [&](Section& map) {
    for (const auto& [name, value] : map.node().members) {
      map.section(name, [&](Section& inner) { read(name, inner); });
    }
  });
}

void Section::finish() {
  for (const auto& [key, value] : node_.members) {
    if (std::ranges::find(taken_, key) != taken_.end()) continue;
    problems_.add(
        value, path_of(key), fmt::format("unknown key; known here: {}", fmt::join(taken_, ", ")));
  }
}

}  // namespace wayleave::provider
