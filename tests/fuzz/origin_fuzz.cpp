// Origins: whatever is taken stands in the URL exactly where a plain reading finds the host, and
// its own spelling is read as the same origin.
#include <cstddef>
#include <cstdint>

#include <boost/asio/ip/address.hpp>

#include "base/text.hpp"
#include "net/egress.hpp"
#include "tests/fuzz/support.hpp"

using namespace wayleave::fuzz;
using wayleave::net::Egress;
using wayleave::net::Origin;

namespace {

void check_name(const std::string& host) {
  FUZZ_CHECK(host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") ==
             std::string::npos);
  FUZZ_CHECK(host.front() != '.' && host.back() != '.' && host.size() <= 253);
}

void check_origin(std::string_view url, const Origin& origin) {
  const auto again = Origin::parse(origin.str());
  FUZZ_CHECK(again && *again == origin);
  FUZZ_CHECK(origin.port != 0 && !origin.host.empty());

  // The host as anybody would read it off the text.
  const auto scheme_end = url.find("://");
  FUZZ_CHECK(scheme_end == (origin.tls ? 5U : 4U));
  std::string_view authority = url.substr(scheme_end + 3);
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  FUZZ_CHECK(authority.find('@') == std::string_view::npos);

  boost::system::error_code not_literal;
  const auto literal = boost::asio::ip::make_address(origin.host, not_literal);
  if (not_literal) check_name(origin.host);
  const std::string text = wayleave::to_lower(authority);
  if (not_literal || literal.is_v4()) {
    FUZZ_CHECK(text == origin.host || text == origin.host + ":" + std::to_string(origin.port) ||
               (text.starts_with(origin.host + ":0")));
  } else {
    FUZZ_CHECK(text.starts_with('[') && origin.host == literal.to_string());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Exact input({reinterpret_cast<const char*>(data), size});
  const std::string https = "https://" + std::string(input.text());
  for (const std::string_view url : {input.text(), std::string_view(https)}) {
    if (const auto origin = Origin::parse(url)) {
      check_origin(url, *origin);
      (void)Egress().check_origin(*origin);
    }
  }
  if (const auto permit = Egress::Permit::parse(input.text())) {
    const Origin origin{.tls = false, .host = permit->host, .port = permit->port};
    FUZZ_CHECK(Egress({*permit}).check_origin(origin));
    FUZZ_CHECK(!Egress().check_origin(origin));
  }
  return 0;
}
