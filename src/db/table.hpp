#pragma once

#include <string>
#include <vector>

namespace wayleave::db {

enum class ColumnType { Bigint, Text, Blob };

struct Column {
  std::string name;
  ColumnType type = ColumnType::Text;
  friend bool operator==(const Column&, const Column&) = default;
};

/// A table as the database itself describes it.
struct Table {
  std::string name;
  std::vector<Column> columns;           ///< in the order of the schema
  std::vector<std::string> primary_key;  ///< in the order of the key
  std::vector<std::string> references;   ///< tables that its rows need to be there before
};

}  // namespace wayleave::db
