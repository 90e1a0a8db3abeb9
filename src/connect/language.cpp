#include "connect/language.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "base/embedded.hpp"
#include "base/text.hpp"

namespace wayleave {

extern const Embedded connect_texts[];

}  // namespace wayleave

namespace wayleave::connect {
namespace {

constexpr std::size_t kRangesMax = 32;

/// The files are compiled in and tested: one that cannot be read is a fault of the build.
Language read_language(const Embedded& file) {
  namespace json = boost::json;
  const std::string_view name(file.name);
  const std::string_view bytes = file.bytes();
  const json::value document = json::parse(json::string_view(bytes.data(), bytes.size()));
  Language language;
  language.tag = name.substr(0, name.find('.'));
  for (const auto& [key, value] : document.as_object()) {
    const auto text = value.as_string();
    language.texts[std::string(key.data(), key.size())] = std::string(text.data(), text.size());
  }
  language.name = language.texts.at("language.name");
  language.right_to_left = language.texts.at("language.direction") == "rtl";
  language.texts.erase("language.name");
  language.texts.erase("language.direction");
  return language;
}

std::vector<Language> read_all() {
  std::vector<Language> all;
  for (const Embedded* file = connect_texts; file->name != nullptr; ++file) {
    all.push_back(read_language(*file));
  }
  return all;
}

/// `quality` in thousandths; a malformed one counts as none.
int quality_of(std::string_view parameters) {
  const std::string_view text = trim(parameters);
  if (text.empty()) return 1000;
  if (!text.starts_with("q=") && !text.starts_with("Q=")) return 0;
  const auto value = parse_number<double>(text.substr(2));
  return value && *value >= 0 && *value <= 1 ? static_cast<int>(*value * 1000) : 0;
}

/// RFC 4647 section 3.4: the range itself, then without its last subtags.
const Language* look_up(std::string_view range) {
  while (!range.empty()) {
    if (const Language* found = find_language(range)) return found;
    const auto cut = range.rfind('-');
    if (cut == std::string_view::npos) return nullptr;
    range = range.substr(0, cut);
  }
  return nullptr;
}

}  // namespace

const std::vector<Language>& languages() {
  static const std::vector<Language> all = read_all();
  return all;
}

const Language* find_language(std::string_view tag) {
  const auto& all = languages();
  const auto found = std::ranges::find_if(
      all, [tag](const Language& language) { return iequals(language.tag, tag); });
  return found == all.end() ? nullptr : &*found;
}

const Language& choose_language(std::string_view asked, std::string_view accept_language) {
  if (const Language* found = look_up(asked)) return *found;
  const Language* best = nullptr;
  int best_quality = 0;
  std::size_t seen = 0;
  for (const std::string_view item : split(accept_language, ',')) {
    if (++seen > kRangesMax) break;
    const auto semicolon = item.find(';');
    const int quality =
        semicolon == std::string_view::npos ? 1000 : quality_of(item.substr(semicolon + 1));
    const Language* found = look_up(trim(item.substr(0, semicolon)));
    if (found == nullptr || quality <= best_quality) continue;
    best = found;
    best_quality = quality;
  }
  return best == nullptr ? languages().front() : *best;
}

std::vector<std::string> placeholders(std::string_view text) {
  std::vector<std::string> names;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open)) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) break;
    std::string name(text.substr(open + 1, close - open - 1));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    open = close;
  }
  return names;
}

}  // namespace wayleave::connect
