#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "db/value.hpp"

struct pg_result;

namespace wayleave::db::postgres {

/// Parameters as libpq wants them, binary. Views into the values given, which must outlive it.
class Parameters {
 public:
  /// Bytes one text or blob may have.
  static constexpr std::size_t value_bytes_max = 64 << 20;

  /// Refuses text that is not UTF-8 without NUL and values that are too large.
  [[nodiscard]] static Result<Parameters> encode(const std::vector<Value>& values,
                                                 std::string_view sql);
  [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
  [[nodiscard]] const unsigned* types() const { return types_.data(); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }
  /// One character per parameter; statements are prepared for their types.
  [[nodiscard]] std::string signature() const;

 private:
  std::vector<std::array<char, 8>> numbers_;
  std::vector<unsigned> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

/// Appends the rows of a binary result. Refuses columns that are neither bigint, text nor blob;
/// smaller integers, booleans and whole numerics (`sum` gives one) count as bigint.
[[nodiscard]] Result<> append_rows(const pg_result* result, std::string_view sql, Rows& rows);

}  // namespace wayleave::db::postgres
