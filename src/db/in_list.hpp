#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "db/value.hpp"

namespace wayleave::db {

/// Appends `values` (at least one) to `params` and gives `$3, $4, …` for what stands between the
/// brackets of IN; with another separator, rows of VALUES. Filled up with the last one to one of a
/// few lengths, so that lists of any length make few different statements to prepare.
template <class Values>
[[nodiscard]] std::string in_list(std::vector<Value>& params,
                                  const Values& values,
                                  std::string_view separator = ", ") {
  std::size_t length = 1;
  while (length < values.size()) length *= 4;
  std::string list;
  for (std::size_t i = 0; i < length; ++i) {
    params.emplace_back(values[i < values.size() ? i : values.size() - 1]);
    if (i > 0) list += separator;
    list += "$" + std::to_string(params.size());
  }
  return list;
}

}  // namespace wayleave::db
