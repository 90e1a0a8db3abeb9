// Response heads: as for requests, and a body is never expected where there can be none.
#include <array>
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/head_support.hpp"

using namespace wayleave::fuzz;

namespace {

constexpr std::array<std::string_view, 3> kMethods{"GET", "HEAD", "POST"};

void check_round_trip(const http1::ResponseHead& head, std::string_view method) {
  std::string out;
  http1::HeadWriter writer(out);
  writer.status_line(head.status, head.reason);
  for (const auto& [name, value] : head) writer.field(name, value);
  writer.end();
  FUZZ_CHECK(writer.ok());
  http1::ResponseHead again;
  const auto parsed = http1::parse(out, wayleave::net::Limits{}, method, again);
  FUZZ_CHECK(parsed.state == http1::Parsed::State::Complete && parsed.size == out.size());
  check_same_fields(head, again);
  FUZZ_CHECK(head.status == again.status && head.reason == again.reason);
}

void check_promises(const http1::ResponseHead& head, std::string_view method) {
  using http1::Framing;
  const bool bodiless =
      method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304;
  FUZZ_CHECK(bodiless == (head.framing == Framing::None));
  FUZZ_CHECK(head.framing != Framing::UntilClose || !head.keep_alive);
  FUZZ_CHECK(head.count("content-length") + head.count("transfer-encoding") <= 1);
  FUZZ_CHECK(head.status >= 100 && head.status <= 999 && head.status != 101);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Steering steering(input);
  const auto limits = limits_for(steering.next(2));
  const std::string_view method = kMethods[steering.next(kMethods.size())];
  http1::ResponseHead scratch;
  const auto parsed = parse_cut(
      input, [&](std::string_view front) { return http1::parse(front, limits, method, scratch); });
  if (parsed.state != http1::Parsed::State::Complete) return 0;
  http1::ResponseHead head;
  (void)http1::parse(input, limits, method, head);
  check_promises(head, method);
  check_round_trip(head, method);
  if (head.framing == http1::Framing::None) return 0;  // Beast does not know the request's method
  constexpr std::size_t status_end = 12;
  if (input[status_end] == '\r') return 0;  // Beast wants the blank before a missing reason
  check_beast_agrees<false>(input.substr(0, parsed.size), head, [](auto&) {});
  return 0;
}
