#include <algorithm>
#include <cstring>

#include "net/http1/chars.hpp"
#include "net/http1/fields.hpp"
#include "net/http1/head.hpp"

namespace wayleave::net::http1 {
namespace {

constexpr std::size_t kMethodBytesMax = 32;  // HT-24

Parsed take_method(Cursor& cursor, RequestHead& out) {
  const char* const begin = cursor.at;
  while (!cursor.at_end() && is(kTokenChar, *cursor.at)) {
    if (static_cast<std::size_t>(cursor.at - begin) == kMethodBytesMax) {
      return bad(501, "the method is not known");
    }
    ++cursor.at;
  }
  if (cursor.at_end()) return cursor.starved();
  if (*cursor.at != ' ' || cursor.at == begin) {
    return bad(400, "a request starts with its method and one space");
  }
  out.method = {begin, static_cast<std::size_t>(cursor.at - begin)};
  ++cursor.at;
  if (out.method == "CONNECT" || out.method == "TRACE") {
    return bad(405, "the methods CONNECT and TRACE are not served");
  }
  return complete();
}

Parsed check_form(const RequestHead& head) {
  if (head.target.starts_with('/')) {
    if (head.path.find('\\') != std::string_view::npos) {
      return bad(400, "the path holds a backslash; send it as %5C");
    }
    return complete();
  }
  if (head.target == "*" && head.method == "OPTIONS") return complete();
  return bad(400, "the request target must be a path starting with '/'");
}

Parsed take_target(Cursor& cursor, RequestHead& out) {
  const char* const begin = cursor.at;
  cursor.at = find_target_end(cursor.at, cursor.end);
  if (cursor.at_end()) return cursor.starved();
  if (*cursor.at != ' ') {
    return bad(400, "the request target holds a character that must be percent-encoded");
  }
  out.target = {begin, static_cast<std::size_t>(cursor.at - begin)};
  ++cursor.at;
  const auto mark = out.target.find('?');
  out.path = out.target.substr(0, mark);
  out.query = mark == std::string_view::npos ? std::string_view{} : out.target.substr(mark + 1);
  return check_form(out);
}

/// Reads `HTTP/1.x CRLF`; unless it is as usual byte by byte, so that the first wrong one decides.
Parsed take_version(Cursor& cursor, RequestHead& out) {
  constexpr std::string_view usual = "HTTP/1.1\r\n";
  constexpr std::string_view shape = "HTTP/d.d";
  const char* const begin = cursor.at;
  if (std::string_view(begin, cursor.end).starts_with(usual)) {
    cursor.at += usual.size();
    out.minor_version = 1;
    return complete();
  }
  for (const char expected : shape) {
    if (cursor.at_end()) return cursor.starved();
    const char c = *cursor.at++;
    if (expected == 'd' ? !is_digit(c) : c != expected) {
      return bad(400, "the request line must end with HTTP/1.1");
    }
  }
  if (begin[5] != '1' || begin[7] > '1') return bad(505, "only HTTP/1.1 and HTTP/1.0 are served");
  out.minor_version = begin[7] - '0';
  if (cursor.at_end()) return cursor.starved();
  if (*cursor.at != '\r') return bad(400, "the request line must end with HTTP/1.1, CR and LF");
  return take_line_end(cursor);
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return false;
  }
  std::uint32_t port = 0;
  for (const char c : text) port = port * 10 + static_cast<std::uint32_t>(c - '0');
  return port <= 65535;
}

/// `uri-host [ ":" port ]` of RFC 9110 section 7.2, without percent-encoding and sub-delimiters,
/// which no name in use has.
bool is_host(std::string_view text) {
  std::size_t name_size = 0;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    const std::string_view literal = text.substr(1, close - 1);
    if (literal.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos ||
        literal.find(':') == std::string_view::npos) {
      return false;
    }
    name_size = close + 1;
  } else {
    const char* end = text.data() + text.size();
    name_size = static_cast<std::size_t>(find_other(kHostChar, text.data(), end) - text.data());
  }
  if (name_size == 0) return false;
  if (name_size == text.size()) return true;
  return text[name_size] == ':' && is_port(text.substr(name_size + 1));
}

Parsed check_host(const Facts& facts, RequestHead& out) {
  if (facts.hosts > 1) return bad(400, "send Host once");
  if (facts.hosts == 0) {
    return out.minor_version == 0 ? complete() : bad(400, "HTTP/1.1 needs a Host field");
  }
  if (!is_host(facts.host)) return bad(400, "Host must be a name or address, with or without port");
  out.host = facts.host;
  return complete();
}

Parsed set_framing(const Facts& facts, RequestHead& out) {
  if (facts.chunked) {
    if (facts.has_length) return bad(400, "send Content-Length or Transfer-Encoding, not both");
    if (out.minor_version == 0) return bad(400, "HTTP/1.0 has no Transfer-Encoding");
    out.framing = Framing::Chunked;
  } else if (facts.has_length) {
    out.framing = Framing::Length;
    out.content_length = facts.content_length;
  }
  return complete();
}

Parsed check_expect(const Facts& facts, RequestHead& out) {
  if (facts.expects == 0) return complete();
  if (facts.expects > 1 || !same_word(facts.expect, "100-continue")) {
    return bad(417, "the only Expect served is one 100-continue");
  }
  // RFC 9110 section 10.1.1: an expectation in HTTP/1.0 is ignored; without a body it means
  // nothing.
  out.expect_continue = out.minor_version == 1 && out.framing != Framing::None;
  return complete();
}

void reset(RequestHead& out) {
  reset_shared(out);
  out.host = {};
  out.expect_continue = false;
}

Parsed take_request(Cursor& cursor, const Limits& limits, Cursor whole, RequestHead& out) {
  for (const auto step : {take_method, take_target, take_version}) {
    const Parsed parsed = step(cursor, out);
    if (!is_complete(parsed)) return parsed;
  }
  whole.at = cursor.at;
  cursor = whole;
  Facts facts;
  const Parsed fields = take_fields(cursor, limits, 400, out, facts);
  if (!is_complete(fields)) return fields;
  for (const auto check : {check_host, set_framing, check_expect}) {
    const Parsed parsed = check(facts, out);
    if (!is_complete(parsed)) return parsed;
  }
  out.connection_options = facts.connection_options;
  out.keep_alive = !facts.close && (out.minor_version == 1 || facts.keep_alive);
  return complete();
}

}  // namespace

Parsed parse(std::string_view bytes, const Limits& limits, RequestHead& out) {
  reset(out);
  const char* const begin = bytes.data();
  Cursor whole{.at = begin,
               .end = begin + std::min(bytes.size(), limits.head_bytes),
               .limited = bytes.size() >= limits.head_bytes,
               .limit_status = 431};
  if (!whole.at_end() && *whole.at == '\r') {
    const Parsed parsed = take_line_end(whole);
    if (!is_complete(parsed)) return parsed;
  }
  Cursor line = whole;
  constexpr std::size_t line_end_bytes = 2;
  const std::size_t line_bytes_max = limits.request_line_bytes + line_end_bytes;
  if (static_cast<std::size_t>(whole.end - whole.at) >= line_bytes_max) {
    line = {.at = whole.at, .end = whole.at + line_bytes_max, .limited = true, .limit_status = 414};
  }
  Parsed parsed = take_request(line, limits, whole, out);
  if (is_complete(parsed)) parsed.size = static_cast<std::size_t>(line.at - begin);
  return parsed;
}

}  // namespace wayleave::net::http1
