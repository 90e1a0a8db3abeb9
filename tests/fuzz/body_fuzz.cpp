// Bodies: cutting changes nothing, a plain reading of RFC 9112 section 7.1 sees the same content,
// and what is chunked by the rules comes out whole.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/http1/body.hpp"
#include "net/http1/head.hpp"
#include "tests/fuzz/support.hpp"

using namespace wayleave::fuzz;
namespace http1 = wayleave::net::http1;

namespace {

constexpr std::size_t kExtraMax = 32;

struct Outcome {
  std::string content;
  std::size_t consumed = 0;
  bool bad = false;
  bool done = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Feeds the input in pieces of 1 to `piece_max` bytes, in a repeating pattern.
Outcome decode(const http1::Head& head, std::string_view input, std::size_t piece_max) {
  const wayleave::net::Limits limits{.chunk_extra_bytes = kExtraMax};
  http1::BodyDecoder decoder(head, limits);
  Outcome outcome;
  for (std::size_t turn = 0; !decoder.done() && outcome.consumed < input.size(); ++turn) {
    const std::size_t size = std::min(1 + turn * 7 % piece_max, input.size() - outcome.consumed);
    Exact piece(input.substr(outcome.consumed, size));
    const auto step = decoder.feed({piece.data(), size});
    FUZZ_CHECK(step.payload <= step.consumed && step.consumed <= size);
    FUZZ_CHECK(step.consumed == size || step.bad || decoder.done());
    outcome.content += piece.text().substr(0, step.payload);
    outcome.consumed += step.consumed;
    outcome.bad = step.bad;
    if (step.bad) return outcome;
  }
  outcome.done = decoder.done();
  return outcome;
}

bool is_token_line(std::string_view line) {
  const auto colon = line.find(':');
  return colon != std::string_view::npos && http1::is_token(line.substr(0, colon)) &&
         http1::is_field_value(line);
}

/// Content and size of a complete chunked body, nullopt when it is cut or broken. Written from the
/// grammar, line by line.
std::optional<Outcome> read_plainly(std::string_view input) {
  Outcome outcome;
  std::string_view rest = input;
  std::size_t extra = 0;
  const auto line = [&]() -> std::optional<std::string_view> {
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto text = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return http1::is_field_value(text) ? std::optional(text) : std::nullopt;
  };
  while (true) {
    const auto header = line();
    if (!header) return std::nullopt;
    const auto digits = header->substr(0, header->find(';'));
    extra += header->size() - digits.size();
    const bool hex = std::all_of(digits.begin(), digits.end(), [](char c) {
      return std::isxdigit(static_cast<unsigned char>(c)) != 0;
    });
    if (!hex || digits.empty() || digits.size() > 15) return std::nullopt;
    const std::uint64_t size = std::stoull(std::string(digits), nullptr, 16);
    if (size == 0) break;
    if (rest.size() < size + 2 || rest.substr(size, 2) != "\r\n") return std::nullopt;
    outcome.content += rest.substr(0, size);
    rest.remove_prefix(size + 2);
  }
  while (true) {
    const auto trailer = line();
    if (!trailer) return std::nullopt;
    if (trailer->empty()) break;
    if (!is_token_line(*trailer)) return std::nullopt;
    extra += trailer->size();
  }
  if (extra > kExtraMax) return std::nullopt;
  outcome.consumed = input.size() - rest.size();
  outcome.done = true;
  return outcome;
}

std::string chunk(std::string_view content, std::size_t piece_max) {
  std::string wire;
  for (std::size_t turn = 0; !content.empty(); ++turn) {
    const auto piece = content.substr(0, 1 + turn * 5 % piece_max);
    char size[20];
    std::snprintf(size, sizeof size, turn % 2 == 0 ? "%zx" : "%04zX", piece.size());
    wire.append(size).append("\r\n").append(piece).append("\r\n");
    content.remove_prefix(piece.size());
  }
  return wire + "0\r\n\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Steering steering(input);
  http1::Head head;
  const std::size_t kind = steering.next(4);
  const std::size_t piece_max = 1 + steering.next(50);
  head.framing = kind == 0 ? http1::Framing::Length : http1::Framing::Chunked;
  head.content_length = steering.next(200);
  if (kind == 1) {
    const std::string wire = chunk(input, piece_max);
    const Outcome outcome = decode(head, wire, piece_max);
    FUZZ_CHECK(outcome.done && outcome.content == input && outcome.consumed == wire.size());
    return 0;
  }
  const Outcome whole = decode(head, input, piece_max);
  FUZZ_CHECK(decode(head, input, 1) == whole);
  if (kind == 0) {
    FUZZ_CHECK(!whole.bad && whole.content == input.substr(0, head.content_length));
    return 0;
  }
  const auto plain = read_plainly(input);
  FUZZ_CHECK(plain.has_value() == whole.done);
  FUZZ_CHECK(!plain || *plain == whole);
  return 0;
}
