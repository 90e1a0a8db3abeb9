#include <algorithm>
#include <compare>
#include <set>

#include "base/text.hpp"
#include "net/handler.hpp"

namespace wayleave::net {
namespace {

constexpr std::string_view kPlaceholder = "{}";
constexpr std::string_view kRest = "{*}";

/// How much a pattern segment fixes; less is more particular.
enum class Looseness { Literal, Mixed, Placeholder, Rest };

Looseness looseness(std::string_view segment) {
  if (segment == kRest) return Looseness::Rest;
  if (segment == kPlaceholder) return Looseness::Placeholder;
  if (segment.find(kPlaceholder) != std::string_view::npos) return Looseness::Mixed;
  return Looseness::Literal;
}

/// Orders patterns that match the same path. Two mixed segments are told apart by their fixed text.
std::strong_ordering compare(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const auto by_kind = looseness(a[i]) <=> looseness(b[i]); by_kind != 0) return by_kind;
    if (const auto by_size = b[i].size() <=> a[i].size(); by_size != 0) return by_size;
    if (const auto by_text = a[i] <=> b[i]; by_text != 0) return by_text;
  }
  return b.size() <=> a.size();
}

/// Takes one path segment; the capture goes to `params`.
bool match_segment(std::string_view pattern,
                   std::string_view segment,
                   std::vector<std::string>& params) {
  const auto at = pattern.find(kPlaceholder);
  if (at == std::string_view::npos) return pattern == segment;
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after = pattern.substr(at + kPlaceholder.size());
  if (segment.size() <= before.size() + after.size() || !segment.starts_with(before) ||
      !segment.ends_with(after)) {
    return false;
  }
  segment.remove_prefix(before.size());
  segment.remove_suffix(after.size());
  auto decoded = percent_decode(segment);
  if (!decoded) return false;
  params.push_back(*std::move(decoded));
  return true;
}

bool match_path(const std::vector<std::string>& pattern,
                std::string_view path,
                std::vector<std::string>& params) {
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == kRest) {
      params.emplace_back(path);
      return true;
    }
    const auto slash = path.find('/');
    if (!match_segment(pattern[i], path.substr(0, slash), params)) return false;
    const bool last = i + 1 == pattern.size();
    if (slash == std::string_view::npos) return last;
    if (last) return false;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace

void Router::add(Route route) {
  auto entry = std::make_unique<Entry>();
  for (const std::string_view segment : split(std::string_view(route.pattern).substr(1), '/')) {
    entry->segments.emplace_back(segment);
  }
  entry->route = std::move(route);
  entries_.push_back(std::move(entry));
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  const Entry* best = nullptr;
  std::set<std::string> methods;
  for (const auto& entry : entries_) {
    std::vector<std::string> params;
    if (!match_path(entry->segments, path, params)) continue;
    const auto order =
        best == nullptr ? std::strong_ordering::less : compare(entry->segments, best->segments);
    if (order > 0) continue;
    if (order < 0) {
      best = entry.get();
      match = {};
      methods.clear();
    }
    methods.insert(entry->route.method);
    const bool exact = entry->route.method == method;
    if (exact || (entry->route.method == "*" && match.route == nullptr)) {
      match.route = &entry->route;
      match.params = std::move(params);
    }
  }
  if (match.route == nullptr) match.allow = join({methods.begin(), methods.end()}, ", ");
  return match;
}

std::vector<std::pair<std::string, std::string>> Router::names() const {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& entry : entries_) names.emplace_back(entry->route.method, entry->route.pattern);
  return names;
}

}  // namespace wayleave::net
