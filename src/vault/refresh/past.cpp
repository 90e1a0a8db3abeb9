#include "vault/refresh/past.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace wayleave::vault {
namespace {

using Outcome = PastRefresh::Outcome;

constexpr std::size_t kReasonMax = 60;
constexpr std::size_t kLineMax = 13 + 1 + 8 + 1 + kReasonMax + 1;
constexpr std::int64_t kKeptMax = std::int64_t{kPastRefreshesMax} * kLineMax;

constexpr std::array<std::pair<Outcome, std::string_view>, 4> kNames{{
    {Outcome::Stored, "stored"},
    {Outcome::Failed, "failed"},
    {Outcome::Unknown, "unknown"},
    {Outcome::Rejected, "rejected"},
}};

std::optional<Outcome> parse_outcome(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, [](const auto& each) { return each.second; });
  return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

std::optional<PastRefresh> read_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto at = parse_number<std::int64_t>(line.substr(0, first));
  const auto outcome = parse_outcome(line.substr(first + 1, second - first - 1));
  if (!at || !outcome) return std::nullopt;
  return PastRefresh{from_millis(*at), *outcome, std::string(line.substr(second + 1))};
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  return std::ranges::find(kNames, outcome, [](const auto& each) { return each.first; })->second;
}

std::string write_past(const PastRefresh& past) {
  std::string line = std::to_string(to_millis(past.at));
  line.append(" ").append(to_string(past.outcome)).append(" ");
  for (const char c : std::string_view(past.reason).substr(0, kReasonMax)) {
    if (is_plain(c)) line += c;
  }
  return line + "\n";
}

std::vector<PastRefresh> read_past(std::string_view lines) {
  std::vector<PastRefresh> found;
  // What stands behind the last line break was cut.
  for (auto end = lines.find('\n');
       end != std::string_view::npos && found.size() < kPastRefreshesMax;
       end = lines.find('\n')) {
    if (auto past = read_line(lines.substr(0, end))) found.push_back(*std::move(past));
    lines.remove_prefix(end + 1);
  }
  return found;
}

Result<> note_past(db::Transaction& tx, const ConnectionId& connection, const PastRefresh& past) {
  WL_CHECK(
      tx.execute("UPDATE refresh_work SET past = substr(CAST($2 AS text) || past, 1, "
                 "CAST($3 AS integer)) WHERE connection = $1",
                 {connection, write_past(past), kKeptMax}));
  return {};
}

Result<std::vector<PastRefresh>> past_refreshes(db::Transaction& tx,
                                                const ConnectionId& connection) {
  WL_TRY(const auto row,
         tx.query_one("SELECT past FROM refresh_work WHERE connection = $1", {connection}));
  return row ? read_past(row->front().text()) : std::vector<PastRefresh>{};
}

}  // namespace wayleave::vault
