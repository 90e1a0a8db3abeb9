#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "net/http1/head.hpp"
#include "net/http1/head_writer.hpp"
#include "tests/fuzz/support.hpp"

/// What the request and response targets have in common.
namespace wayleave::fuzz {

namespace http1 = net::http1;

/// Small limits let the fuzzer reach them.
inline net::Limits limits_for(std::size_t choice) {
  net::Limits limits;
  if (choice == 0) return limits;
  limits.request_line_bytes = 40;
  limits.head_bytes = 120;
  limits.head_fields = 4;
  return limits;
}

/// A head must come to the same whole and cut anywhere, and never be undecided again.
template <class ParseFront>
http1::Parsed parse_cut(std::string_view input, ParseFront parse_front) {
  using State = http1::Parsed::State;
  const Exact all(input);
  const http1::Parsed whole = parse_front(all.text());
  bool decided = false;
  for (std::size_t size = 0; size <= input.size(); ++size) {
    const Exact front(input.substr(0, size));
    const http1::Parsed part = parse_front(front.text());
    if (part.state == State::NeedMore) {
      FUZZ_CHECK(!decided);
      continue;
    }
    decided = true;
    FUZZ_CHECK(part.state == whole.state && part.size == whole.size);
    FUZZ_CHECK(part.status == whole.status && std::string_view(part.detail) == whole.detail);
  }
  FUZZ_CHECK(decided == (whole.state != State::NeedMore));
  FUZZ_CHECK(whole.state != State::Complete || whole.size <= input.size());
  return whole;
}

inline void check_same_fields(const http1::Head& a, const http1::Head& b) {
  FUZZ_CHECK(a.field_count == b.field_count);
  for (std::size_t i = 0; i < a.field_count; ++i) {
    FUZZ_CHECK(a.fields[i].name == b.fields[i].name && a.fields[i].value == b.fields[i].value);
  }
  FUZZ_CHECK(a.framing == b.framing && a.content_length == b.content_length);
}

/// Beast refuses options of Connection that are no tokens; here they name no field and count for
/// nothing.
inline bool has_odd_connection(const http1::Head& head) {
  for (const auto& [name, value] : head) {
    if (!iequals(name, "connection")) continue;
    for (const std::string_view option : split(value, ',')) {
      if (!trim(option).empty() && !http1::is_token(trim(option))) return true;
    }
  }
  return false;
}

inline std::pair<std::string_view, std::string_view> pair_of(const http1::FieldView& field) {
  return {field.name, field.value};
}
template <class Field>
std::pair<std::string_view, std::string_view> pair_of(const Field& field) {
  return {std::string_view(field.name_string()), std::string_view(field.value())};
}

/// By name, which Beast groups, and then as they came.
template <class Message>
std::multimap<std::string, std::string> by_name(const Message& message) {
  std::multimap<std::string, std::string> fields;
  for (const auto& field : message) {
    const auto [name, value] = pair_of(field);
    fields.emplace(to_lower(name), value);
  }
  return fields;
}

/// What we take, a more lenient reader must take too, and see the same message: nothing smuggled.
template <bool is_request, class Prepare>
void check_beast_agrees(std::string_view bytes, const http1::Head& head, Prepare prepare) {
  namespace http = boost::beast::http;
  if (has_odd_connection(head)) return;
  http::parser<is_request, http::empty_body> parser;
  parser.header_limit(1 << 20);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  prepare(parser);
  boost::beast::error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error) std::fprintf(stderr, "Beast: %s\n", error.message().c_str());
  FUZZ_CHECK(parser.is_header_done());
  FUZZ_CHECK(used == bytes.size() || error);
  FUZZ_CHECK(by_name(head) == by_name(parser.get()));
  FUZZ_CHECK(parser.chunked() == (head.framing == http1::Framing::Chunked));
}

}  // namespace wayleave::fuzz
