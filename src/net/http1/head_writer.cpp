#include "net/http1/head_writer.hpp"

#include <array>
#include <charconv>

#include "base/append.hpp"
#include "net/http1/head.hpp"

namespace wayleave::net::http1 {
namespace {

using Digits = std::array<char, 20>;

std::string_view to_digits(std::uint64_t value, Digits& digits) {
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end};
}

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
  append(out, name, ": ", value, "\r\n");
}

void append_field(std::string& out, std::string_view name, std::uint64_t value) {
  Digits digits;
  append_field(out, name, to_digits(value, digits));
}

bool HeadWriter::allow(bool good) {
  if (ok_ && good) return true;
  ok_ = false;
  out_.clear();
  return false;
}

void HeadWriter::request_line(std::string_view method, std::string_view target) {
  const bool good =
      is_token(method) && (is_origin_form(target) || (target == "*" && method == "OPTIONS"));
  if (!allow(good)) return;
  append(out_, method, " ", target, " HTTP/1.1\r\n");
}

void HeadWriter::status_line(int status, std::string_view reason) {
  if (!allow(status >= 100 && status <= 999 && is_field_value(reason))) return;
  const auto digit = [](int number) { return static_cast<char>('0' + number % 10); };
  const std::array<char, 4> code{digit(status / 100), digit(status / 10), digit(status), ' '};
  append(out_, "HTTP/1.1 ", std::string_view(code.data(), code.size()), reason, "\r\n");
}

void HeadWriter::field(std::string_view name, std::string_view value) { field(name, value, {}); }

void HeadWriter::field(std::string_view name, std::uint64_t value) {
  Digits digits;
  field(name, to_digits(value, digits), {});
}

void HeadWriter::field(std::string_view name, std::string_view prefix, std::string_view value) {
  if (!allow(is_token(name) && is_field_value(prefix) && is_field_value(value))) return;
  append(out_, name, ": ", prefix, value, "\r\n");
}

void HeadWriter::written(std::string_view lines) {
  if (ok_) out_.append(lines);
}

void HeadWriter::end() {
  if (allow(true)) out_.append("\r\n");
}

}  // namespace wayleave::net::http1
