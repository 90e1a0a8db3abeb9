#pragma once

#include <string_view>

namespace wayleave {

/// A file compiled into the binary (cmake/embed.cmake). A table of them ends with a null name.
struct Embedded {
  const char* name;
  const char* begin;
  const char* end;
  [[nodiscard]] std::string_view bytes() const {
    return {begin, static_cast<std::size_t>(end - begin)};
  }
};

}  // namespace wayleave
