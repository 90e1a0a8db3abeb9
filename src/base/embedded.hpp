#pragma once

#include <cstddef>
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

/// A file of a web build, ready to be served (tools/embed_web.mjs). A table of them ends with a
/// null name. Everything lives as long as the process.
struct EmbeddedAsset {
  const char* name;  ///< below its root, with '/': `assets/index-B3x.js`
  const char* type;  ///< for Content-Type
  const char* etag;  ///< a strong validator without its quotes; of the plain bytes
  const char* begin;
  const char* end;
  const char* gzip_begin;  ///< the same compressed; null when that is not smaller
  const char* gzip_end;
  [[nodiscard]] std::string_view bytes() const {
    return {begin, static_cast<std::size_t>(end - begin)};
  }
  [[nodiscard]] std::string_view gzip() const {
    return {gzip_begin, static_cast<std::size_t>(gzip_end - gzip_begin)};
  }
};

}  // namespace wayleave
