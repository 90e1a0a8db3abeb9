#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "net/http1/head.hpp"

/// Test support: parses a head whole and cut at every byte, which must come to the same (HT-12).
namespace wayleave::net::http1 {

inline bool same(const Parsed& a, const Parsed& b) {
  return a.state == b.state && a.size == b.size && a.status == b.status &&
         std::string_view(a.detail) == b.detail;
}

/// `parse_front(bytes)` parses what has arrived; returns the outcome for the whole.
template <class ParseFront>
Parsed parse_in_pieces(const std::string& bytes, ParseFront parse_front) {
  const Parsed whole = parse_front(std::string_view(bytes));
  bool decided = false;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    // A copy of exactly that size, so that a sanitizer sees any look beyond it.
    const std::string front = bytes.substr(0, size);
    const Parsed part = parse_front(std::string_view(front));
    if (part.state == Parsed::State::NeedMore) {
      EXPECT_FALSE(decided) << "undecided again after " << size << " bytes";
    } else {
      decided = true;
      EXPECT_TRUE(same(part, whole)) << "after " << size << " bytes: " << part.detail;
    }
  }
  EXPECT_EQ(decided, whole.state != Parsed::State::NeedMore);
  return whole;
}

}  // namespace wayleave::net::http1
