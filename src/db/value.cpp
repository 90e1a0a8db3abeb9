#include "db/value.hpp"

namespace wayleave::db {
namespace {

const std::string empty_text;

}  // namespace

std::int64_t Value::integer() const {
  const auto* held = std::get_if<std::int64_t>(&held_);
  return held != nullptr ? *held : 0;
}

const std::string& Value::text() const {
  const auto* held = std::get_if<std::string>(&held_);
  return held != nullptr ? *held : empty_text;
}

const std::string& Value::blob() const {
  const auto* held = std::get_if<Blob>(&held_);
  return held != nullptr ? held->bytes : empty_text;
}

std::optional<Instant> Value::optional_time() const {
  if (is_null()) return std::nullopt;
  return time();
}

std::optional<std::string> Value::optional_text() const {
  if (is_null()) return std::nullopt;
  return text();
}

}  // namespace wayleave::db
