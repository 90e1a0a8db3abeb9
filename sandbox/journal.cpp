#include "sandbox/journal.hpp"

#include "base/text.hpp"
#include "sandbox/limits.hpp"

namespace wayleave::sandbox {

void Journal::record(std::string_view route, LogEntry entry) {
  ++counts_[std::string(route)];
  if (entry.status == 429) ++rate_limited_;
  entries_.push_back(std::move(entry));
  if (entries_.size() > kLogMax) entries_.pop_front();
}

std::string without_tokens(std::string_view path) {
  constexpr std::size_t kPlainMax = 40;  // UUIDs and ids are shorter, access tokens longer
  std::string out;
  std::string_view before;
  for (const auto part : split(path.substr(path.starts_with('/') ? 1 : 0), '/')) {
    const bool token =
        part.size() > kPlainMax || before == "access-tokens" || before == "refresh-tokens";
    out += '/';
    out += token ? "{token}" : part;
    before = part;
  }
  return out;
}

}  // namespace wayleave::sandbox
