#pragma once

#include <cstdint>
#include <string_view>

#include "net/http1/head.hpp"

/// The part that request and response heads share; private to this folder.
namespace wayleave::net::http1 {

/// A position in bytes that may be cut by the network or by a limit. Everything is read strictly
/// from left to right, so that a head gives the same outcome however it arrives.
struct Cursor {
  const char* at;
  const char* end;  ///< of what may be looked at
  bool limited;     ///< `end` is a limit, not the end of what has arrived
  int limit_status;

  [[nodiscard]] bool at_end() const { return at == end; }
  /// The outcome when more bytes would be needed than there are.
  [[nodiscard]] Parsed starved() const;
};

[[nodiscard]] inline Parsed bad(int status, const char* detail) {
  return {.state = Parsed::State::Bad, .size = 0, .status = status, .detail = detail};
}
[[nodiscard]] inline Parsed complete() { return {.state = Parsed::State::Complete}; }
[[nodiscard]] inline bool is_complete(const Parsed& parsed) {
  return parsed.state == Parsed::State::Complete;
}

/// What the framing and routing fields of one head say.
struct Facts {
  std::string_view host;
  std::string_view expect;
  std::size_t hosts = 0;
  std::size_t expects = 0;
  std::uint64_t content_length = 0;
  bool has_length = false;
  bool chunked = false;
  bool close = false;
  bool keep_alive = false;
  bool connection_options = false;
};

/// Puts what both heads share back to its beginning, so that a head can be parsed into again.
void reset_shared(Head& head);

/// Reads `CRLF`.
[[nodiscard]] Parsed take_line_end(Cursor& cursor);
/// Reads the field lines and the blank line after them into `head`. `error_status` is what broken
/// syntax is answered with.
[[nodiscard]] Parsed take_fields(
    Cursor& cursor, const Limits& limits, int error_status, Head& head, Facts& facts);

}  // namespace wayleave::net::http1
