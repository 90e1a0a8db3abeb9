#include "net/http1/fields.hpp"

#include <algorithm>

#include "net/http1/chars.hpp"

namespace wayleave::net::http1 {
namespace {

/// Digits of the largest Content-Length taken (HT-03): no sum of two can overflow.
constexpr std::size_t kLengthDigitsMax = 18;

const char* take_length(std::string_view value, Facts& facts) {
  if (facts.has_length) return "send Content-Length once";
  if (value.empty() || value.size() > kLengthDigitsMax) {
    return "Content-Length must be 1 to 18 digits";
  }
  std::uint64_t length = 0;
  for (const char c : value) {
    if (!is_digit(c)) return "Content-Length must be digits only";
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  facts.content_length = length;
  facts.has_length = true;
  return nullptr;
}

const char* take_encoding(std::string_view value, Facts& facts) {
  if (facts.chunked || !same_word(value, "chunked")) {
    return "Transfer-Encoding must be exactly one chunked";
  }
  facts.chunked = true;
  return nullptr;
}

void take_connection(std::string_view list, Facts& facts) {
  std::string_view member;
  while (next_member(list, member)) {
    if (same_word(member, "close")) {
      facts.close = true;
    } else if (same_word(member, "keep-alive")) {
      facts.keep_alive = true;
    } else {
      facts.connection_options = true;
    }
  }
}

/// True for `content_length` and the like, which some servers take for the real thing (HT-23).
bool mimics(std::string_view name, std::string_view lower) {
  return name.find('_') != std::string_view::npos &&
         std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char a, char b) {
           return same_word({&a, 1}, {&b, 1}) || (a == '_' && b == '-');
         });
}

/// Notes a field that the gateway itself has to understand; the text of what is wrong, if anything.
const char* note(const FieldView& field, Facts& facts) {
  switch (field.name.size()) {
    case 4:
      if (same_word(field.name, "host")) {
        if (facts.hosts++ == 0) facts.host = field.value;
      }
      return nullptr;
    case 6:
      if (same_word(field.name, "expect")) {
        facts.expect = field.value;
        ++facts.expects;
      }
      return nullptr;
    case 10:
      if (same_word(field.name, "connection")) take_connection(field.value, facts);
      return nullptr;
    case 14:
      if (same_word(field.name, "content-length")) return take_length(field.value, facts);
      return mimics(field.name, "content-length") ? "spell it Content-Length" : nullptr;
    case 17:
      if (same_word(field.name, "transfer-encoding")) return take_encoding(field.value, facts);
      return mimics(field.name, "transfer-encoding") ? "spell it Transfer-Encoding" : nullptr;
    default:
      return nullptr;
  }
}

const char* why_no_name(char c, bool empty) {
  if (empty && is_blank(c)) return "a field line must not start with a blank";
  if (is_blank(c)) return "no blank may stand before the colon of a field";
  if (c == ':') return "a field has no name";
  return "a field name holds a character that is not allowed";
}

Parsed take_field(Cursor& cursor, int error_status, FieldView& field) {
  const char* const name = cursor.at;
  const char* at = name;
  at = find_token_end(at, cursor.end);
  if (at == cursor.end) return cursor.starved();
  if (*at != ':' || at == name) return bad(error_status, why_no_name(*at, at == name));
  field.name = {name, static_cast<std::size_t>(at - name)};
  do ++at;
  while (at != cursor.end && is_blank(*at));
  const char* const value = at;
  at = find_forbidden(at, cursor.end);
  cursor.at = at;
  while (at != value && is_blank(at[-1])) --at;
  field.value = {value, static_cast<std::size_t>(at - value)};
  if (cursor.at_end()) return cursor.starved();
  if (*cursor.at != '\r') {
    return bad(error_status, "a field value holds a control character, or a line ends without CR");
  }
  return complete();
}

/// The common case: a field line that is here whole and lawful, CRLF included. False leaves the
/// cursor alone, and `take_field` says what is missing or wrong.
bool take_clean_field(Cursor& cursor, FieldView& field) {
  const char* const name = cursor.at;
  const char* const colon = find_token_end(name, cursor.end);
  if (colon == name || colon == cursor.end || *colon != ':') return false;
  const char* value = colon + 1;
  const char* const line_end = find_forbidden(value, cursor.end);
  if (cursor.end - line_end < 2 || line_end[0] != '\r' || line_end[1] != '\n') return false;
  while (is_blank(*value)) ++value;  // ends at the CR at the latest
  const char* value_end = line_end;
  while (value_end != value && is_blank(value_end[-1])) --value_end;
  field.name = {name, static_cast<std::size_t>(colon - name)};
  field.value = {value, static_cast<std::size_t>(value_end - value)};
  cursor.at = line_end + 2;
  return true;
}

/// A field line that `take_clean_field` did not take.
Parsed take_other_field(Cursor& cursor, int error_status, FieldView& field) {
  const Parsed parsed = take_field(cursor, error_status, field);
  return is_complete(parsed) ? take_line_end(cursor) : parsed;
}

}  // namespace

Parsed Cursor::starved() const {
  if (!limited) return {};
  return bad(limit_status,
             limit_status == 414 ? "the request line is too long" : "the head is too large");
}

void reset_shared(Head& head) {
  head.minor_version = 1;
  head.field_count = 0;
  head.framing = Framing::None;
  head.content_length = 0;
  head.keep_alive = true;
  head.connection_options = false;
}

Parsed take_line_end(Cursor& cursor) {
  // The caller has seen the CR.
  if (cursor.end - cursor.at < 2) return cursor.starved();
  if (cursor.at[1] != '\n') return bad(400, "a CR stands without its LF");
  cursor.at += 2;
  return complete();
}

Parsed take_fields(
    Cursor& cursor, const Limits& limits, int error_status, Head& head, Facts& facts) {
  const std::size_t fields_max = std::min(limits.head_fields, kFieldsMax);
  while (true) {
    if (cursor.at_end()) return cursor.starved();
    const bool last = *cursor.at == '\r';
    Parsed parsed = complete();
    if (last) {
      parsed = take_line_end(cursor);
    } else {
      if (head.field_count == fields_max) return bad(431, "the head has too many fields");
      FieldView& field = head.fields[head.field_count];
      if (!take_clean_field(cursor, field)) parsed = take_other_field(cursor, error_status, field);
    }
    if (!is_complete(parsed)) {
      if (parsed.status == 400) parsed.status = error_status;
      return parsed;
    }
    if (last) return complete();
    if (const char* wrong = note(head.fields[head.field_count++], facts)) {
      return bad(error_status, wrong);
    }
  }
}

}  // namespace wayleave::net::http1
