#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/fwd.hpp>

#include "sandbox/problem.hpp"

namespace wayleave::sandbox {

/// Reads the members of a JSON object by name and type. The first wrong type is remembered and
/// told by `finish`, which also refuses members nobody asked for. Borrows the object.
class JsonReader {
 public:
  explicit JsonReader(const boost::json::object& object) : object_(object) {}

  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  /// A whole number within [min, max].
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name,
                                                    std::int64_t min,
                                                    std::int64_t max);
  /// A number within [min, max].
  [[nodiscard]] std::optional<double> number(std::string_view name, double min, double max);
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name);
  /// The members of an object of strings.
  [[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> pairs(
      std::string_view name);
  /// The member as it is, null when absent; marks it as known.
  [[nodiscard]] const boost::json::value* any(std::string_view name);

  [[nodiscard]] Outcome<void> finish() const;

 private:
  void complain(std::string_view name, std::string_view wanted);

  const boost::json::object& object_;
  std::set<std::string, std::less<>> known_;
  std::string complaint_;
};

}  // namespace wayleave::sandbox
