#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

namespace wayleave {

/// One typed field of a log line. A SecretString does not convert to it.
struct LogField {
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view n, T v) : name(n), value(static_cast<std::int64_t>(v)) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}

  std::string_view name;
  std::variant<std::int64_t, bool, std::string_view> value;
};

/// Writes one JSON line per event to standard error: time, level, event, fields. An event is a
/// dotted name (`token.refreshed`); the code that handles it logs it, once. No bodies, header
/// values or query strings. Any thread may call.
class Log {
 public:
  enum class Level { Debug, Info, Warn, Error, Off };
  using Fields = std::initializer_list<LogField>;

  explicit Log(Level level = Level::Info);

  /// Takes effect at once, in every thread.
  void set_level(Level level);

  void debug(std::string_view event, Fields fields = {}) { write(Level::Debug, event, fields); }
  void info(std::string_view event, Fields fields = {}) { write(Level::Info, event, fields); }
  void warn(std::string_view event, Fields fields = {}) { write(Level::Warn, event, fields); }
  void error(std::string_view event, Fields fields = {}) { write(Level::Error, event, fields); }

 private:
  void write(Level level, std::string_view event, Fields fields);
  std::shared_ptr<spdlog::logger> sink_;  // shared: spdlog's own sinks hold it too
};

/// The text as a JSON string literal, quotes included. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quote(std::string_view text);

}  // namespace wayleave
