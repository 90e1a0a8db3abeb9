#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http1/word.hpp"
#include "net/limits.hpp"

/// HTTP/1.1 without I/O: what is lawful on the wire is decided here and nowhere else (RFC 9112).
/// Strict: anything two readers could understand differently is refused (HT-01…HT-08).
namespace wayleave::net::http1 {

inline constexpr std::size_t kFieldsMax = 100;

/// One field as it stands in the head: the name as sent, the value without surrounding blanks.
struct FieldView {
  std::string_view name;
  std::string_view value;
};

enum class Framing { None, Length, Chunked, UntilClose };

/// What both heads share. The views point into the parsed bytes and live as long as they do.
struct Head {
  int minor_version = 1;  ///< HTTP/1.0 or HTTP/1.1
  std::array<FieldView, kFieldsMax> fields;
  std::size_t field_count = 0;
  Framing framing = Framing::None;
  std::uint64_t content_length = 0;  ///< for Framing::Length
  bool keep_alive = true;            ///< by version and Connection
  bool connection_options = false;   ///< Connection names more than `close` and `keep-alive`

  [[nodiscard]] const FieldView* begin() const { return fields.data(); }
  [[nodiscard]] const FieldView* end() const { return fields.data() + field_count; }
  /// The first value of that name, compared without case.
  [[nodiscard]] std::optional<std::string_view> get(LowerWord name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// True when `Connection` names that field, so that it is hop-by-hop (HT-13).
  [[nodiscard]] bool named_by_connection(std::string_view name) const {
    return connection_options && is_connection_option(name);
  }

 private:
  [[nodiscard]] bool is_connection_option(std::string_view name) const;
};

struct RequestHead : Head {
  std::string_view method;
  std::string_view target;  ///< origin-form (or "*" of OPTIONS); other forms are refused (PX-04)
  std::string_view path;    ///< target before '?'
  std::string_view query;   ///< target after '?', empty when there is none
  std::string_view host;    ///< the one Host field; empty only in HTTP/1.0
  bool expect_continue = false;
};

struct ResponseHead : Head {
  int status = 0;
  std::string_view reason;
};

/// The outcome of looking at the front of a byte stream.
struct Parsed {
  enum class State { Complete, NeedMore, Bad } state = State::NeedMore;
  std::size_t size = 0;     ///< Complete: bytes of the head, final blank line included
  int status = 0;           ///< Bad: 400, 405, 414, 417, 431, 501 or 505; for a response always 502
  const char* detail = "";  ///< Bad: what to mend; static text without any input
};

/// Parses a request head at the front of `bytes`. Bytes after it are not looked at. One leading
/// CRLF is skipped (RFC 9112 section 2.2) and counted in `size`. The outcome does not depend on how
/// the bytes are cut, but every call starts anew: to keep trickled heads cheap, call again only
/// when what arrived since holds an LF or takes the whole past one of the two limits.
[[nodiscard]] Parsed parse(std::string_view bytes, const Limits& limits, RequestHead& out);

/// Parses a response head; `request_method` decides about its body (RFC 9112 section 6.3).
[[nodiscard]] Parsed parse(std::string_view bytes,
                           const Limits& limits,
                           std::string_view request_method,
                           ResponseHead& out);

[[nodiscard]] bool is_token(std::string_view text);
/// True for the methods that may be sent again without acting twice (RFC 9110 section 9.2.2).
/// TRACE, which is idempotent too, is never sent.
[[nodiscard]] bool is_idempotent(std::string_view method);
/// True for a field value that may be written: no CR, LF, NUL or other control but tab (HT-17).
[[nodiscard]] bool is_field_value(std::string_view text);
/// True for a request target that may be written: visible ASCII only, starting with '/', without
/// '#' and without a backslash in its path.
[[nodiscard]] bool is_origin_form(std::string_view text);
/// The fields that end at each hop whatever Connection says (RFC 9110 section 7.6.1), in lower
/// case.
inline constexpr std::array<std::string_view, 9> kHopByHop{"te",
                                                           "trailer",
                                                           "upgrade",
                                                           "connection",
                                                           "keep-alive",
                                                           "proxy-connection",
                                                           "transfer-encoding",
                                                           "proxy-authenticate",
                                                           "proxy-authorization"};
/// Compares with those without case.
[[nodiscard]] bool is_hop_by_hop(std::string_view name);

}  // namespace wayleave::net::http1
