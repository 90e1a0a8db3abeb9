// Routes and queries: the order of adding decides nothing, placeholders are captured one for one,
// and a parameter is what a form reader makes of it.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/text.hpp"
#include "net/handler.hpp"
#include "tests/fuzz/support.hpp"

using namespace wayleave::fuzz;
using wayleave::net::Request;
using wayleave::net::Router;

namespace {

constexpr std::array<std::pair<const char*, const char*>, 11> kRoutes{{{"GET", "/"},
                                                                       {"GET", "/{*}"},
                                                                       {"GET", "/a"},
                                                                       {"*", "/a/{}"},
                                                                       {"POST", "/a/{}"},
                                                                       {"GET", "/a/b"},
                                                                       {"GET", "/a/b-{}"},
                                                                       {"GET", "/a/{}.c"},
                                                                       {"GET", "/a/{}/{}"},
                                                                       {"PUT", "/a/{}/{*}"},
                                                                       {"GET", "/{}/b/{}"}}};

Router make_router(bool reversed) {
  Router router;
  for (std::size_t i = 0; i < kRoutes.size(); ++i) {
    const auto& [method, pattern] = kRoutes[reversed ? kRoutes.size() - 1 - i : i];
    router.add({.method = method, .pattern = pattern, .handler = {}});
  }
  return router;
}

std::size_t placeholders(std::string_view pattern) {
  return static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '{'));
}

void check_routes(std::string_view path) {
  static const Router router = make_router(false);
  static const Router reversed = make_router(true);
  for (const auto* method : {"GET", "POST", "PUT"}) {
    const auto match = router.match(method, path);
    const auto other = reversed.match(method, path);
    FUZZ_CHECK((match.route == nullptr) == (other.route == nullptr));
    FUZZ_CHECK(match.params == other.params && match.allow == other.allow);
    if (match.route == nullptr) {
      FUZZ_CHECK(match.params.empty());
      FUZZ_CHECK(path.starts_with('/') != match.allow.empty());
      continue;
    }
    FUZZ_CHECK(match.route->pattern == other.route->pattern && match.allow.empty());
    FUZZ_CHECK(match.params.size() == placeholders(match.route->pattern));
    FUZZ_CHECK(match.route->method == method || match.route->method == "*");
  }
}

void check_query(std::string_view query) {
  Request request;
  request.query = query;
  const auto form = wayleave::parse_form(query);
  for (const std::string_view name : {"a", "state", ""}) {
    const auto value = request.query_param(name);
    const std::size_t count = request.query_count(name);
    FUZZ_CHECK(!value || count == 1);
    if (!form) continue;
    const auto is_it = [&](const auto& field) { return field.first == name; };
    FUZZ_CHECK(static_cast<std::size_t>(std::count_if(form->begin(), form->end(), is_it)) == count);
    if (count != 1) continue;
    FUZZ_CHECK(value && *value == std::find_if(form->begin(), form->end(), is_it)->second);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Exact input({reinterpret_cast<const char*>(data), size});
  check_routes(input.text());
  check_query(input.text());
  return 0;
}
