#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/secret.hpp"

namespace wayleave::oauth {

/// Builds secret text. Bytes it outgrows and bytes it still holds at the end are wiped, so that a
/// request leaves no copy of a token behind in freed memory.
class SecretWriter {
 public:
  explicit SecretWriter(std::size_t capacity = 512);
  SecretWriter(SecretWriter&& other) noexcept;
  SecretWriter& operator=(SecretWriter&& other) noexcept;
  SecretWriter(const SecretWriter&) = delete;
  SecretWriter& operator=(const SecretWriter&) = delete;
  ~SecretWriter();

  void append(char c) { append(std::string_view(&c, 1)); }
  void append(std::string_view text);
  /// Percent-encoded for a form: everything but unreserved characters as %XX, a space as `%20`.
  void append_percent(std::string_view text);
  /// As a quoted JSON string.
  void append_json(std::string_view text);

  /// Valid until the next append.
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] SecretString take();

 private:
  void clear() noexcept;

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace wayleave::oauth
