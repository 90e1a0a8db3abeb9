#include "oauth/secret_writer.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace wayleave::oauth {
namespace {

constexpr std::string_view kUpperHex = "0123456789ABCDEF";

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

SecretWriter::SecretWriter(std::size_t capacity)
    : data_(std::make_unique<char[]>(capacity)), capacity_(capacity) {}

SecretWriter::SecretWriter(SecretWriter&& other) noexcept
    : data_(std::move(other.data_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretWriter& SecretWriter::operator=(SecretWriter&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

SecretWriter::~SecretWriter() { clear(); }

void SecretWriter::append(std::string_view text) {
  if (text.empty()) return;
  if (text.size() > capacity_ - size_) {
    const std::size_t larger = std::max(capacity_ * 2, size_ + text.size());
    auto grown = std::make_unique<char[]>(larger);
    if (size_ != 0) std::memcpy(grown.get(), data_.get(), size_);
    wipe(data_.get(), size_);
    data_ = std::move(grown);
    capacity_ = larger;
  }
  std::memcpy(data_.get() + size_, text.data(), text.size());
  size_ += text.size();
}

void SecretWriter::append_percent(std::string_view text) {
  for (const char c : text) {
    if (unreserved(c)) {
      append(c);
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    append('%');
    append(kUpperHex[byte >> 4]);
    append(kUpperHex[byte & 15]);
  }
}

void SecretWriter::append_json(std::string_view text) {
  append('"');
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      append('\\');
      append(c);
    } else if (byte < 0x20) {
      append("\\u00");
      append(kUpperHex[byte >> 4]);
      append(kUpperHex[byte & 15]);
    } else {
      append(c);
    }
  }
  append('"');
}

SecretString SecretWriter::take() {
  SecretString secret(view());
  clear();
  return secret;
}

void SecretWriter::clear() noexcept {
  wipe(data_.get(), size_);
  size_ = 0;
}

}  // namespace wayleave::oauth
