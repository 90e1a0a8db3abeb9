#include "db/postgres/dialect.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace wayleave::db::postgres {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view without_comments(std::string_view sql) {
  while (true) {
    const auto begin = sql.find_first_not_of(" \t\r\n");
    if (begin == sql.npos) return {};
    sql.remove_prefix(begin);
    if (!sql.starts_with("--")) return sql;
    const auto end = sql.find('\n');
    if (end == sql.npos) return {};
    sql.remove_prefix(end);
  }
}

std::string_view word_at(std::string_view sql, std::size_t at) {
  std::size_t end = at;
  while (end < sql.size() && is_word(sql[end])) ++end;
  return sql.substr(at, end - at);
}

/// Where the quoted text or comment that begins at `at` ends; `at` when none begins there.
std::size_t end_of_quote(std::string_view sql, std::size_t at) {
  if (sql[at] == '\'' || sql[at] == '"') {
    const auto end = sql.find(sql[at], at + 1);
    return end == sql.npos ? sql.size() : end + 1;
  }
  if (sql.substr(at).starts_with("--")) return std::min(sql.find('\n', at), sql.size());
  return at;
}

std::string with_types(std::string_view sql) {
  std::string out;
  for (std::size_t at = 0; at < sql.size();) {
    if (const std::size_t end = end_of_quote(sql, at); end != at) {
      out += sql.substr(at, end - at);
      at = end;
      continue;
    }
    const std::string_view word = word_at(sql, at);
    if (iequals(word, "blob")) {
      out += "bytea";
    } else {
      out += word.empty() ? sql.substr(at, 1) : word;
      if (iequals(word, "text")) out += " COLLATE \"C\"";
    }
    at += std::max<std::size_t>(word.size(), 1);
  }
  return out;
}

}  // namespace

Result<std::string> translate(std::string_view sql) {
  constexpr std::array<std::string_view, 6> data{
      "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES"};
  constexpr std::array<std::string_view, 3> schema{"CREATE", "ALTER", "DROP"};
  const std::string_view bare = without_comments(sql);
  if (bare.find_first_not_of("; \t\r\n") == bare.npos) return internal("empty SQL text");
  const std::string_view verb = word_at(bare, 0);
  const auto is_verb = [verb](std::string_view word) { return iequals(verb, word); };
  if (std::ranges::any_of(data, is_verb)) return std::string(sql);
  if (std::ranges::any_of(schema, is_verb)) return with_types(sql);
  return internal("not a statement callers may use: " + std::string(sql));
}

std::size_t parameters_in(std::string_view sql) {
  std::size_t highest = 0;
  for (std::size_t at = 0; at < sql.size();) {
    if (const std::size_t end = end_of_quote(sql, at); end != at) {
      at = end;
    } else if (sql[at] == '$') {
      const std::string_view number = word_at(sql, at + 1);
      highest = std::max(highest, parse_number<std::size_t>(number).value_or(0));
      at += 1 + number.size();
    } else {
      ++at;
    }
  }
  return highest;
}

}  // namespace wayleave::db::postgres
