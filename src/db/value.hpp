#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace wayleave::db {

/// Binary bytes, as opposed to text.
struct Blob {
  std::string bytes;
  friend bool operator==(const Blob&, const Blob&) = default;
};

/// What a column or a `$n` parameter holds: nothing, bigint, text or blob; no other types exist
/// (times are integer milliseconds UTC, booleans 0 and 1).
class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}
  Value(std::int64_t v) : held_(v) {}
  Value(int v) : held_(std::int64_t{v}) {}
  Value(bool v) : held_(std::int64_t{v}) {}
  Value(Instant at) : held_(static_cast<std::int64_t>(to_millis(at))) {}
  Value(std::string v) : held_(std::move(v)) {}
  Value(std::string_view v) : held_(std::string(v)) {}
  Value(const char* v) : held_(std::string(v)) {}
  Value(Blob v) : held_(std::move(v)) {}
  template <class Tag>
  Value(const Id<Tag>& id) : held_(id.str()) {}
  template <class T>
  Value(const std::optional<T>& v) {
    if (v) *this = Value(*v);
  }

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(held_); }
  /// The accessors give 0 or empty text for another type: a repository knows its columns.
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] bool boolean() const { return integer() != 0; }
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const std::string& blob() const;
  [[nodiscard]] Instant time() const { return from_millis(integer()); }
  [[nodiscard]] std::optional<Instant> optional_time() const;
  [[nodiscard]] std::optional<std::string> optional_text() const;
  [[nodiscard]] const auto& held() const { return held_; }

 private:
  std::variant<std::monostate, std::int64_t, std::string, Blob> held_;
};

using Row = std::vector<Value>;
using Rows = std::vector<Row>;

}  // namespace wayleave::db
