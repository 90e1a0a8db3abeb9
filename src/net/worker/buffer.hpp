#pragma once

#include <cstddef>
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

}  // namespace wayleave::net
