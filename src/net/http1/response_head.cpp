#include <algorithm>

#include "net/http1/chars.hpp"
#include "net/http1/fields.hpp"
#include "net/http1/head.hpp"

namespace wayleave::net::http1 {
namespace {

constexpr int kBadGateway = 502;

/// Reads `HTTP/1.x SP 3DIGIT [SP reason] CRLF`.
Parsed take_status_line(Cursor& cursor, ResponseHead& out) {
  constexpr std::string_view usual = "HTTP/1.1 ";
  constexpr std::string_view shape = "HTTP/1.d ddd";
  const char* const begin = cursor.at;
  const bool as_usual = std::string_view(begin, cursor.end).starts_with(usual);
  if (as_usual) cursor.at += usual.size();
  for (const char expected : shape.substr(as_usual ? usual.size() : 0)) {
    if (cursor.at_end()) return cursor.starved();
    const char c = *cursor.at++;
    if (expected == 'd' ? !is_digit(c) : c != expected) {
      return bad(kBadGateway, "the status line is not HTTP/1.1 and a status of three digits");
    }
  }
  const auto digit = [&](std::size_t i) { return begin[i] - '0'; };
  out.minor_version = digit(7);
  out.status = digit(9) * 100 + digit(10) * 10 + digit(11);
  if (out.minor_version > 1 || out.status < 100) {
    return bad(kBadGateway, "the status line has a version or status that is not known");
  }
  if (cursor.at_end()) return cursor.starved();
  if (*cursor.at == ' ') {
    const char* const reason = cursor.at + 1;
    cursor.at = find_forbidden(reason, cursor.end);
    out.reason = {reason, static_cast<std::size_t>(cursor.at - reason)};
    if (cursor.at_end()) return cursor.starved();
  }
  if (*cursor.at != '\r') return bad(kBadGateway, "the status line does not end with CR and LF");
  return take_line_end(cursor);
}

/// RFC 9112 section 6.3, but whatever could be read in two ways is refused.
Parsed set_framing(const Facts& facts, std::string_view request_method, ResponseHead& out) {
  if (facts.chunked && facts.has_length) {
    return bad(kBadGateway, "the answer has both Content-Length and Transfer-Encoding");
  }
  if (facts.chunked && out.minor_version == 0) {
    return bad(kBadGateway, "an HTTP/1.0 answer has a Transfer-Encoding");
  }
  if (out.status == 101) return bad(kBadGateway, "the answer switches protocols unasked");
  out.content_length = facts.content_length;
  const bool never_body = out.status < 200 || out.status == 204;
  if (never_body || out.status == 304 || request_method == "HEAD") {
    // A body announced where none can be might still follow: the connection is not used again.
    if (never_body && (facts.chunked || facts.content_length != 0)) out.keep_alive = false;
    return complete();
  }
  if (facts.chunked) {
    out.framing = Framing::Chunked;
  } else if (facts.has_length) {
    out.framing = Framing::Length;
  } else {
    out.framing = Framing::UntilClose;
    out.keep_alive = false;
  }
  return complete();
}

void reset(ResponseHead& out) {
  reset_shared(out);
  out.status = 0;
  out.reason = {};
}

Parsed take_response(Cursor& cursor,
                     const Limits& limits,
                     std::string_view request_method,
                     ResponseHead& out) {
  Parsed parsed = take_status_line(cursor, out);
  if (!is_complete(parsed)) return parsed;
  Facts facts;
  parsed = take_fields(cursor, limits, kBadGateway, out, facts);
  if (!is_complete(parsed)) return parsed;
  out.connection_options = facts.connection_options;
  out.keep_alive = !facts.close && (out.minor_version == 1 || facts.keep_alive);
  return set_framing(facts, request_method, out);
}

}  // namespace

Parsed parse(std::string_view bytes,
             const Limits& limits,
             std::string_view request_method,
             ResponseHead& out) {
  reset(out);
  const char* const begin = bytes.data();
  Cursor cursor{.at = begin,
                .end = begin + std::min(bytes.size(), limits.head_bytes),
                .limited = bytes.size() >= limits.head_bytes,
                .limit_status = kBadGateway};
  Parsed parsed = take_response(cursor, limits, request_method, out);
  if (is_complete(parsed)) parsed.size = static_cast<std::size_t>(cursor.at - begin);
  // Whatever is wrong with an answer is the provider's fault, never the caller's.
  if (parsed.state == Parsed::State::Bad) parsed.status = kBadGateway;
  return parsed;
}

}  // namespace wayleave::net::http1
