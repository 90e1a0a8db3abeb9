#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

/// Support for fuzz targets.
namespace wayleave::fuzz {

/// Ends the run with a finding.
#define FUZZ_CHECK(condition)                                                      \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

/// A copy of exactly that size on the heap, so that AddressSanitizer sees any look beyond it.
class Exact {
 public:
  explicit Exact(std::string_view text) : data_(new char[text.size()]), size_(text.size()) {
    text.copy(data_.get(), size_);
  }
  [[nodiscard]] char* data() { return data_.get(); }
  [[nodiscard]] std::string_view text() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_;
};

/// Takes bytes that steer a target off the front of its input.
class Steering {
 public:
  explicit Steering(std::string_view& input) : input_(input) {}
  [[nodiscard]] std::size_t next(std::size_t bound) {
    if (input_.empty()) return 0;
    const auto value = static_cast<unsigned char>(input_.front());
    input_.remove_prefix(1);
    return value % bound;
  }

 private:
  std::string_view& input_;
};

}  // namespace wayleave::fuzz
