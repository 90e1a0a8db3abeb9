#include "db/postgres/statement_cache.hpp"

#include <utility>

#include "db/postgres/dialect.hpp"

namespace wayleave::db::postgres {

Result<Statement*> StatementCache::get(std::string_view sql,
                                       std::string_view signature,
                                       std::optional<std::string>& forgotten) {
  std::string key(signature);
  key += ':';
  key += sql;
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front();
  }
  WL_TRY(Statement statement, make(std::move(key), sql, signature.size()));
  if (signature.size() > parameters_max) {
    loose_ = std::move(statement);
    return &loose_;
  }
  if (entries_.size() >= statements_max) {
    Statement& oldest = entries_.back();
    if (oldest.prepared) forgotten = oldest.name;
    by_key_.erase(oldest.key);
    entries_.pop_back();
  }
  statement.name = "s" + std::to_string(++named_);
  entries_.push_front(std::move(statement));
  by_key_.emplace(entries_.front().key, entries_.begin());
  return &entries_.front();
}

Result<Statement> StatementCache::make(std::string key, std::string_view sql, std::size_t count) {
  WL_TRY(std::string text, translate(sql));
  // PostgreSQL would take more values than it has places for.
  if (const std::size_t places = parameters_in(sql); places != count) {
    return internal(std::to_string(count) + " values for " + std::to_string(places) +
                    " parameters in: " + std::string(sql));
  }
  return Statement{std::move(key), std::move(text), {}, false};
}

}  // namespace wayleave::db::postgres
