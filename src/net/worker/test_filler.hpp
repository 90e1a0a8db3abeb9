#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "net/message.hpp"

namespace wayleave::net::test {

/// An answer's body of so many times 'x'.
class Filler final : public BodySource {
 public:
  explicit Filler(std::size_t bytes) : left_(bytes) {}
  std::size_t read(std::span<char> out) override {
    const std::size_t take = std::min(left_, out.size());
    std::fill_n(out.begin(), take, 'x');
    left_ -= take;
    return take;
  }

 private:
  std::size_t left_;
};

}  // namespace wayleave::net::test
