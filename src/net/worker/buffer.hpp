#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace wayleave::net {

inline constexpr std::size_t kKeptBytes = 16 * 1024;  ///< capacity an idle buffer may keep

/// Up to so many bytes a copy behind the head costs less than a second piece to send.
inline constexpr std::size_t kJoinedBytesMax = 4 * 1024;

/// Empties a buffer that will be used again; a large one gives its memory back.
inline void recycle(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > kKeptBytes) buffer.shrink_to_fit();
}

/// Makes room for a body of a length that was announced, so that it is not copied as it grows. What
/// is not true of the announcement costs no more than this.
inline void make_room(std::string& buffer, std::uint64_t announced) {
  constexpr std::uint64_t most = 256 * 1024;
  buffer.reserve(static_cast<std::size_t>(std::min(announced, most)));
}

}  // namespace wayleave::net
