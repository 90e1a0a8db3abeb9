#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/dispatcher.hpp"
#include "net/http1/head.hpp"

namespace wayleave::gateway {

inline constexpr std::size_t kEnvelopeBytesMax = 16 << 20;        ///< request, whole
inline constexpr std::size_t kEnvelopeAnswerBytesMax = 64 << 20;  ///< provider's body, whole
inline constexpr std::size_t kEnvelopeHeadersMax = 50;

/// The StackGo envelope: a call to a provider described inside a request (contract section 3).
/// Views into the request's body.
struct Envelope {
  std::string_view user;                 ///< `userForeignIdentifier`, not yet checked
  std::string_view method;               ///< upper case
  std::string_view url;                  ///< absolute or a path, not yet checked
  std::optional<std::string_view> body;  ///< exactly the bytes of the caller's JSON value or string
  std::vector<net::http1::FieldView> headers;

  /// Keeps its memory.
  void clear();
};

/// Reads a JSON or form envelope into `out`, which is clear. All of `text` is validated before any
/// of it is used. The body is a slice of what came, never re-serialised, so a 20-digit integer
/// stays as written. Escapes are decoded where they stand: `text` is changed, also on failure, and
/// has to live as long as `out` is used. Errors name the field.
[[nodiscard]] Result<> read_envelope(std::string_view content_type,
                                     std::span<char> text,
                                     Envelope& out);

/// Whether a Content-Type says that the content is JSON.
[[nodiscard]] bool is_json_type(std::string_view content_type);

/// `{"data": …}` around a provider's body: what is said to be JSON and is stays as it stands, other
/// text becomes a JSON string, bytes that are no text base64 with `"encoding":"base64"` beside.
[[nodiscard]] net::Wrapping wrap_answer(bool said_to_be_json, std::string& body);

}  // namespace wayleave::gateway
