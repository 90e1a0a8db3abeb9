#include "base/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace wayleave {
namespace {

spdlog::level::level_enum to_spdlog(Log::Level level) {
  switch (level) {
    case Log::Level::Debug:
      return spdlog::level::debug;
    case Log::Level::Info:
      return spdlog::level::info;
    case Log::Level::Warn:
      return spdlog::level::warn;
    case Log::Level::Error:
      return spdlog::level::err;
    case Log::Level::Off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

std::string_view level_name(Log::Level level) {
  switch (level) {
    case Log::Level::Debug:
      return "debug";
    case Log::Level::Info:
      return "info";
    case Log::Level::Warn:
      return "warn";
    case Log::Level::Error:
      return "error";
    case Log::Level::Off:
      break;
  }
  return "off";
}

}  // namespace

Log::Log(Level level)
    : sink_(std::make_shared<spdlog::logger>("wayleave",
                                             std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  sink_->set_pattern("%v");
  sink_->set_level(to_spdlog(level));
  sink_->flush_on(spdlog::level::info);
}

void Log::set_level(Level level) { sink_->set_level(to_spdlog(level)); }

void Log::write(Level level, std::string_view event, Fields fields) {
  if (!sink_->should_log(to_spdlog(level))) return;
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","event":{})",
                                 to_rfc3339(SystemClock{}.now()),
                                 level_name(level),
                                 json_quote(event));
  for (const LogField& field : fields) {
    line += ',' + json_quote(field.name) + ':';
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line += std::to_string(*number);
    } else if (const auto* flag = std::get_if<bool>(&field.value)) {
      line += *flag ? "true" : "false";
    } else {
      line += json_quote(std::get<std::string_view>(field.value));
    }
  }
  sink_->log(to_spdlog(level), "{}}}", line);
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  const bool clean = is_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else if (byte >= 0x80 && !clean) {
      out += "\xef\xbf\xbd";
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace wayleave
