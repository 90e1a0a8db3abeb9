#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"
#include "provider/document.hpp"

namespace wayleave::provider {

/// Collects what is wrong with a file, so that its author sees everything at once.
class Problems {
 public:
  static constexpr std::size_t kMax = 20;

  void add(const Node& node, std::string_view path, std::string_view message);
  void add(std::string message);
  [[nodiscard]] bool empty() const { return messages_.empty(); }
  /// Code `provider_invalid`; one line per problem in `detail`.
  [[nodiscard]] Error error() const;

 private:
  std::vector<std::string> messages_;
  std::string first_path_;
};

/// Reads one map of a document. A key that nobody asked for is a problem (`finish`); so is a value
/// of the wrong kind. A reader returns a harmless default after it complained. Borrows the node and
/// the problems.
class Section {
 public:
  Section(const Node& node, std::string path, Problems& problems);

  /// The value; null when it is absent, and when it is empty, which is a problem.
  [[nodiscard]] const Node* take(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) const { return node_.find(key) != nullptr; }

  [[nodiscard]] std::string text(std::string_view key);
  [[nodiscard]] std::string required_text(std::string_view key);
  [[nodiscard]] bool flag(std::string_view key, bool otherwise);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key,
                                                    std::int64_t min,
                                                    std::int64_t max);
  /// Seconds as an integer, or `10s`, `5m`, `1h`, `90d`.
  [[nodiscard]] std::optional<std::chrono::seconds> duration(std::string_view key);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  /// A map of texts.
  [[nodiscard]] FormFields pairs(std::string_view key);
  /// The index of the value among `names`.
  [[nodiscard]] std::optional<std::size_t> one_of(std::string_view key,
                                                  std::initializer_list<std::string_view> names);
  /// Calls `read` with the map under `key`, then finishes it.
  void section(std::string_view key, const std::function<void(Section&)>& read);
  /// The same for each map of a list, or for each value of a map of maps (`name` is its key).
  void each(std::string_view key, const std::function<void(Section&)>& read);
  void each_named(std::string_view key,
                  const std::function<void(std::string_view name, Section&)>& read);

  /// Complains about the value of `key`.
  void complain(std::string_view key, std::string_view message);
  /// Complains about every key that was not taken.
  void finish();

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] std::string path_of(std::string_view key) const;

 private:
  const Node* take_list(std::string_view key);

  const Node& node_;
  std::string path_;
  Problems& problems_;
  std::vector<std::string> taken_;
};

/// `10s`, `5m`, `1h`, `90d` or a number of seconds; nullopt for anything else and beyond 100 years.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace wayleave::provider
