#include "sandbox/search.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "sandbox/call.hpp"
#include "sandbox/times.hpp"

namespace wayleave::sandbox {
namespace {

/// A value in the order of its property's type: numbers and times by size, text by letters without
/// case.
struct Comparable {
  double number = 0;
  std::string text;
  friend auto operator<=>(const Comparable&, const Comparable&) = default;
};

Comparable comparable(const Property& property, std::string_view value) {
  if (property.type == "number") {
    double number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return {number, {}};
  }
  if (property.type == "date" || property.type == "datetime") {
    const auto at = parse_time(value);
    return {at ? static_cast<double>(to_millis(*at)) : 0.0, {}};
  }
  return {0, to_lower(value)};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : to_lower(text)) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (letter) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

/// `*` stands for any characters.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// The whole value fits, or each word of the pattern is a word of the value.
bool contains_token(std::string_view value, std::string_view pattern) {
  const std::string wanted = to_lower(pattern);
  if (matches_pattern(wanted, to_lower(value))) return true;
  const auto words = words_of(value);
  const auto parts = split(wanted, ' ');
  return std::ranges::all_of(parts, [&](std::string_view part) {
    if (part.find('*') == std::string_view::npos) {
      const auto needed = words_of(part);
      return !needed.empty() && std::ranges::all_of(needed, [&](const std::string& word) {
        return std::ranges::find(words, word) != words.end();
      });
    }
    return std::ranges::any_of(
        words, [&](const std::string& word) { return matches_pattern(part, word); });
  });
}

bool holds_association(const Crm& crm, const Record& record, const Filter& filter) {
  const auto& links = crm.associations.links({record.kind, record.id}, *filter.association);
  const bool any = std::ranges::any_of(filter.operands, [&](const std::string& operand) {
    const auto id = parse_id(operand);
    return id && links.contains(*id);
  });
  switch (filter.op) {
    case Operator::HasProperty:
      return !links.empty();
    case Operator::NotHasProperty:
      return links.empty();
    case Operator::Neq:
    case Operator::NotIn:
      return !any;
    default:
      return any;
  }
}

bool holds_order(const Property& property, const std::string& value, const Filter& filter) {
  const Comparable mine = comparable(property, value);
  const Comparable low = comparable(property, filter.operands.front());
  switch (filter.op) {
    case Operator::Lt:
      return mine < low;
    case Operator::Lte:
      return mine <= low;
    case Operator::Gt:
      return mine > low;
    case Operator::Gte:
      return mine >= low;
    default:
      return low <= mine && mine <= comparable(property, filter.operands.back());
  }
}

bool equals_any(const Property& property, const std::string& value, const Filter& filter) {
  // IN compares strings with lower-case values only, as documented; EQ ignores case.
  const bool exact = filter.op == Operator::In || filter.op == Operator::NotIn;
  const Comparable mine = comparable(property, value);
  return std::ranges::any_of(filter.operands, [&](const std::string& operand) {
    if (exact && property.type == "string") return mine.text == operand;
    return mine == comparable(property, operand);
  });
}

bool holds(const Crm& crm, const Record& record, const Filter& filter) {
  if (filter.association) return holds_association(crm, record, filter);
  const Property* property = crm.table(record.kind).find(filter.property);
  if (property == nullptr) return false;
  const std::string value = record.value(filter.property);
  switch (filter.op) {
    case Operator::HasProperty:
      return !value.empty();
    case Operator::NotHasProperty:
      return value.empty();
    case Operator::Eq:
    case Operator::In:
      return !value.empty() && equals_any(*property, value, filter);
    case Operator::Neq:
    case Operator::NotIn:
      return value.empty() || !equals_any(*property, value, filter);
    case Operator::ContainsToken:
      return !value.empty() && contains_token(value, filter.operands.front());
    case Operator::NotContainsToken:
      return value.empty() || !contains_token(value, filter.operands.front());
    default:
      return !value.empty() && holds_order(*property, value, filter);
  }
}

bool holds_groups(const Crm& crm, const Record& record, const std::vector<FilterGroup>& groups) {
  if (groups.empty()) return true;
  return std::ranges::any_of(groups, [&](const FilterGroup& group) {
    return std::ranges::all_of(group,
                               [&](const Filter& filter) { return holds(crm, record, filter); });
  });
}

bool holds_words(const Record& record, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return true;
  std::vector<std::string> words;
  for (const auto name : object_type(record.kind).searchable) {
    for (auto& word : words_of(record.value(name))) words.push_back(std::move(word));
  }
  return std::ranges::all_of(wanted, [&](const std::string& word) {
    return std::ranges::any_of(words, [&](const std::string& w) { return w.starts_with(word); });
  });
}

void sort_records(std::vector<const Record*>& records, const Property& property, bool descending) {
  struct Keyed {
    const Record* record;
    bool unset;
    Comparable key;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(records.size());
  for (const Record* record : records) {
    const std::string value = record->value(property.name);
    keyed.push_back({record, value.empty(), comparable(property, value)});
  }
  std::ranges::sort(keyed, [&](const Keyed& a, const Keyed& b) {
    if (a.unset != b.unset) return b.unset;  // records without a value come last
    if (a.key == b.key) return a.record->id < b.record->id;
    return descending ? b.key < a.key : a.key < b.key;
  });
  std::ranges::transform(keyed, records.begin(), &Keyed::record);
}

}  // namespace

std::vector<const Record*> find_records(const Crm& crm,
                                        Kind kind,
                                        const SearchQuery& query,
                                        Instant visible_until) {
  const auto wanted = words_of(query.words);
  std::vector<const Record*> found;
  for (const auto& [id, record] : crm.of(kind).all()) {
    if (record.archived || record.updated > visible_until) continue;
    if (holds_words(record, wanted) && holds_groups(crm, record, query.groups)) {
      found.push_back(&record);
    }
  }
  if (const Property* property = crm.table(kind).find(query.sort_by)) {
    sort_records(found, *property, query.descending);
  }
  return found;
}

}  // namespace wayleave::sandbox
