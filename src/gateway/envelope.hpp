#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace wayleave::gateway {

inline constexpr std::size_t kEnvelopeBytesMax = 16 << 20;        ///< request, whole
inline constexpr std::size_t kEnvelopeAnswerBytesMax = 64 << 20;  ///< provider's body, whole
inline constexpr std::size_t kEnvelopeHeadersMax = 50;

/// The StackGo envelope: a call to a provider described inside a request (contract section 3).
struct Envelope {
  std::string user;                 ///< `userForeignIdentifier`, not yet checked
  std::string method;               ///< upper case
  std::string url;                  ///< absolute or a path, not yet checked
  std::optional<std::string> body;  ///< exactly the bytes of the caller's JSON value or string
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Reads a JSON or form envelope. The body is a raw slice of what came, never re-serialised, so a
/// 20-digit integer stays as written; all of it is validated all the same. Errors name the field.
[[nodiscard]] Result<Envelope> parse_envelope(std::string_view content_type, std::string_view text);

/// `{"data": …}`: a JSON answer as it stands, other text as a string, bytes that are no text in
/// base64 with `"encoding":"base64"` beside.
[[nodiscard]] std::string wrap_answer(std::string_view content_type, std::string_view body);

}  // namespace wayleave::gateway
