#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"

namespace wayleave::db::postgres {

/// A statement as the server shall have it, and the name it has there.
struct Statement {
  std::string key;   ///< types of the parameters and the caller's text
  std::string text;  ///< in PostgreSQL's dialect
  std::string name;
  bool prepared = false;
};

/// The statements used last on one connection.
class StatementCache {
 public:
  static constexpr std::size_t statements_max = 256;
  /// Longer ones are bulk work with many shapes: sent without a name and not kept.
  static constexpr std::size_t parameters_max = 100;

  /// Valid until the next call. `forgotten` becomes the name of one that had to make room.
  [[nodiscard]] Result<Statement*> get(std::string_view sql,
                                       std::string_view signature,
                                       std::optional<std::string>& forgotten);

 private:
  [[nodiscard]] Result<Statement> make(std::string key, std::string_view sql, std::size_t count);

  std::list<Statement> entries_;  // the one used last in front
  std::unordered_map<std::string_view, std::list<Statement>::iterator> by_key_;
  std::uint64_t named_ = 0;
  Statement loose_;  // the last one that is not kept
};

}  // namespace wayleave::db::postgres
