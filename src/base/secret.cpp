#include "base/secret.hpp"

#include <cstring>

namespace wayleave {

void wipe(void* data, std::size_t size) noexcept {
  if (data == nullptr || size == 0) return;
  ::explicit_bzero(data, size);
}

SecretString::SecretString(std::string_view plain)
    : data_(plain.empty() ? nullptr : std::make_unique<char[]>(plain.size())), size_(plain.size()) {
  if (size_ != 0) std::memcpy(data_.get(), plain.data(), size_);
}

SecretString::~SecretString() { wipe(data_.get(), size_); }

SecretString SecretString::clone() const { return SecretString({data_.get(), size_}); }

}  // namespace wayleave
