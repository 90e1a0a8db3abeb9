// Request heads: cutting changes nothing, what is read can be written and read again, and Beast
// sees the same request.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/head_support.hpp"

using namespace wayleave::fuzz;

namespace {

void check_round_trip(const http1::RequestHead& head, const wayleave::net::Limits& limits) {
  std::string out;
  http1::HeadWriter writer(out);
  writer.request_line(head.method, head.target);
  for (const auto& [name, value] : head) writer.field(name, value);
  writer.end();
  FUZZ_CHECK(writer.ok());
  if (head.minor_version == 0) return;  // the writer speaks 1.1, which asks for more
  http1::RequestHead again;
  const auto parsed = http1::parse(out, wayleave::net::Limits{}, again);
  FUZZ_CHECK(parsed.state == http1::Parsed::State::Complete && parsed.size == out.size());
  check_same_fields(head, again);
  FUZZ_CHECK(head.method == again.method && head.target == again.target);
  FUZZ_CHECK(head.host == again.host && head.keep_alive == again.keep_alive);
  FUZZ_CHECK(head.field_count <= limits.head_fields);
}

void check_promises(const http1::RequestHead& head) {
  FUZZ_CHECK(http1::is_token(head.method) && head.method.size() <= 32);
  FUZZ_CHECK(http1::is_origin_form(head.target) || head.target == "*");
  FUZZ_CHECK(head.count("host") == (head.minor_version == 1 ? 1 : head.count("host")));
  FUZZ_CHECK(head.count("content-length") + head.count("transfer-encoding") <= 1);
  FUZZ_CHECK(head.framing != http1::Framing::UntilClose);
  for (const auto& [name, value] : head) {
    FUZZ_CHECK(http1::is_token(name) && http1::is_field_value(value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Steering steering(input);
  const auto limits = limits_for(steering.next(2));
  http1::RequestHead scratch;
  const auto parsed = parse_cut(
      input, [&](std::string_view front) { return http1::parse(front, limits, scratch); });
  if (parsed.state != http1::Parsed::State::Complete) return 0;
  http1::RequestHead head;
  (void)http1::parse(input, limits, head);
  check_promises(head);
  check_round_trip(head, limits);
  std::string_view bytes = input.substr(0, parsed.size);
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  check_beast_agrees<true>(bytes, head, [](auto&) {});
  return 0;
}
