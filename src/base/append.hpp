#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace wayleave {

/// Appends the parts, none of which lies in `out`, with one look at its capacity. Inline with all
/// it calls, so that the sizes of literals are known and they are copied without a call.
template <class... Parts>
[[gnu::always_inline, gnu::flatten]] inline void append(std::string& out, const Parts&... parts) {
  const std::size_t before = out.size();
  const std::size_t size = before + (std::string_view(parts).size() + ...);
  // The number that libstdc++ 12 hands in may be the new capacity, so it is not used.
  out.resize_and_overwrite(size, [&] [[gnu::always_inline]] (char* text, std::size_t) {
    char* at = text + before;
    const auto put = [&at] [[gnu::always_inline]] (std::string_view part) {
      if (part.empty()) return;  // its data may be null
      std::memcpy(at, part.data(), part.size());
      at += part.size();
    };
    (put(std::string_view(parts)), ...);
    return size;
  });
}

}  // namespace wayleave
