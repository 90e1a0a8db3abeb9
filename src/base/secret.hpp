#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace wayleave {

/// Overwrites `size` bytes at `data` in a way the compiler may not remove.
void wipe(void* data, std::size_t size) noexcept;

/// Owns secret bytes on the heap and wipes them when it dies. It cannot be copied, printed,
/// formatted or compared by accident; `expose` is the only way in, so a search for `expose` is the
/// audit list. A moved-from secret is empty. Distinct objects may be used on distinct threads.
class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string_view plain);
  SecretString(SecretString&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  SecretString& operator=(SecretString&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  SecretString(const SecretString&) = delete;
  SecretString& operator=(const SecretString&) = delete;
  ~SecretString();

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// A deliberate second owner of the same bytes.
  [[nodiscard]] SecretString clone() const;
  /// Calls `use` with the bytes; the view must not outlive the call.
  template <class Use>
  auto expose(Use use) const {
    return use(std::string_view(data_.get(), size_));
  }
  template <class Stream>
  friend Stream& operator<<(Stream&, const SecretString&) = delete;

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

}  // namespace wayleave
