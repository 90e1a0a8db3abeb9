#include "connect/grants.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "connect/language.hpp"

namespace wayleave::connect {
namespace {

constexpr std::array<std::string_view, 5> kReading{"read", "readonly", "view", "list", "get"};
constexpr std::array<std::string_view, 14> kChanging{"write",
                                                     "read_write",
                                                     "readwrite",
                                                     "manage",
                                                     "create",
                                                     "update",
                                                     "delete",
                                                     "edit",
                                                     "modify",
                                                     "send",
                                                     "publish",
                                                     "full",
                                                     "admin",
                                                     "import"};
/// Words that say nothing of what is meant.
constexpr std::array<std::string_view, 4> kAround{"crm", "objects", "api", "scope"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// The words of a scope's name; of a URL those after the last slash.
std::vector<std::string> words_of(std::string_view scope) {
  if (scope.find("://") != std::string_view::npos) scope = scope.substr(scope.rfind('/') + 1);
  std::vector<std::string> words;
  std::size_t begin = 0;
  while (begin <= scope.size()) {
    const auto end = std::min(scope.find_first_of(".:/", begin), scope.size());
    if (end > begin) words.push_back(to_lower(scope.substr(begin, end - begin)));
    begin = end + 1;
  }
  return words;
}

/// The one noun of a scope's name, when it is one that the pages know.
std::string thing_of(std::string_view scope) {
  std::string thing;
  for (std::string& word : words_of(scope)) {
    if (is_one_of(kReading, word) || is_one_of(kChanging, word) || is_one_of(kAround, word)) {
      continue;
    }
    if (!thing.empty()) return {};
    thing = std::move(word);
  }
  return languages().front().texts.contains("thing." + thing) ? thing : std::string();
}

std::string plain_words(const provider::Provider& provider, const std::string& scope) {
  const auto known = std::ranges::find(provider.scopes, scope, &provider::Scope::name);
  if (known == provider.scopes.end()) return scope;
  if (!known->grants.empty()) return known->grants;
  return known->title.empty() ? scope : known->title;
}

}  // namespace

Permission::Kind kind_of_scope(std::string_view scope) {
  auto kind = Permission::Kind::Other;
  for (const std::string& word : words_of(scope)) {
    if (is_one_of(kChanging, word)) return Permission::Kind::Change;
    if (is_one_of(kReading, word)) kind = Permission::Kind::Read;
  }
  return kind;
}

std::vector<Permission> describe_scopes(const provider::Provider& provider,
                                        const std::vector<std::string>& required,
                                        const std::vector<std::string>& optional) {
  std::vector<Permission> all;
  const auto add = [&](const std::string& scope, bool may_refuse) {
    const auto kind = kind_of_scope(scope);
    Permission made{kind, thing_of(scope), plain_words(provider, scope), may_refuse};
    const bool there = std::ranges::any_of(all, [&](const Permission& other) {
      return other.kind == made.kind &&
             (made.thing.empty() ? other.text == made.text : other.thing == made.thing);
    });
    if (!there) all.push_back(std::move(made));
  };
  for (const std::string& scope : required) add(scope, false);
  for (const std::string& scope : optional) add(scope, true);
  return all;
}

}  // namespace wayleave::connect
