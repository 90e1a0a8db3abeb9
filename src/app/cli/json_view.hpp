#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::app::cli {

/// Looks into a JSON document of our own API for printing: what is not there is empty.
class JsonView {
 public:
  [[nodiscard]] static JsonView parse(std::string_view text);

  [[nodiscard]] bool valid() const { return value_ != nullptr; }
  /// A member as text: texts as they are, numbers and booleans as written, null and missing empty.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] std::vector<JsonView> list(std::string_view name) const;
  [[nodiscard]] JsonView member(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const { return text(name) == "true"; }
  /// This value as JSON on one line.
  [[nodiscard]] std::string json() const;

 private:
  // Shared: views into one document keep it alive.
  std::shared_ptr<const void> document_;
  const void* value_ = nullptr;
};

/// The document laid out over several indented lines.
[[nodiscard]] std::string pretty_json(std::string_view text);

}  // namespace wayleave::app::cli
