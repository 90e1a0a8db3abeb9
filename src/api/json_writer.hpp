#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace wayleave::api {

/// Writes one JSON object, members in the order of the calls. Text that is no UTF-8 is mended.
class JsonWriter {
 public:
  JsonWriter& text(std::string_view name, std::string_view value);
  /// Null when there is none.
  JsonWriter& text_or_null(std::string_view name, std::string_view value);
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  JsonWriter& number(std::string_view name, T value) {
    return raw(name, std::to_string(value));
  }
  JsonWriter& boolean(std::string_view name, bool value);
  JsonWriter& time(std::string_view name, Instant at);
  JsonWriter& time(std::string_view name, const std::optional<Instant>& at);
  JsonWriter& texts(std::string_view name, const std::vector<std::string>& values);
  JsonWriter& map(std::string_view name, const std::map<std::string, std::string>& values);
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view name, std::string_view json);
  [[nodiscard]] std::string str() const { return out_ + "}"; }

 private:
  std::string out_ = "{";
};

/// `[a,b]` of values that are JSON already.
[[nodiscard]] std::string json_array(const std::vector<std::string>& values);

}  // namespace wayleave::api
