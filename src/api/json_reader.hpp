#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace wayleave::api {

/// Reads one JSON object strictly: at most 64 levels deep (DS-07), no member twice, no member of
/// the wrong type, none unknown. Members are asked for by name; the first fault is kept and told by
/// `finish`, which must be called before anything read is used. A null counts as absent. The parsed
/// bytes are wiped when the reader dies, since they may hold a secret.
class JsonReader {
 public:
  static constexpr std::size_t kDepthMax = 64;
  static constexpr std::size_t kListMax = 500;

  [[nodiscard]] static Result<JsonReader> parse(std::string_view body);
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;
  ~JsonReader();

  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] std::string required_text(std::string_view name);
  [[nodiscard]] std::optional<SecretString> secret(std::string_view name);
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name,
                                                    std::int64_t min,
                                                    std::int64_t max);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  /// An object of texts; an object inside it is taken as form fields (`a=b&c=d`).
  [[nodiscard]] std::optional<std::map<std::string, std::string>> text_map(std::string_view name);
  /// Whether the member is there and null, where that says something else than its absence.
  [[nodiscard]] bool null(std::string_view name);
  /// Any value, as JSON text again.
  [[nodiscard]] std::optional<std::string> raw(std::string_view name);

  /// The first fault, or a member that nobody asked for.
  [[nodiscard]] Result<> finish();

 private:
  struct Impl;
  explicit JsonReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::api
