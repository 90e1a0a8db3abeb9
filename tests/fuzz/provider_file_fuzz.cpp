// Provider files and settings: a file either loads, and then every URL in it is one that tokens may
// be sent to, or it is refused with a reason; and nothing that an app's settings hold can lead
// elsewhere.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "provider/catalogue.hpp"
#include "provider/document.hpp"
#include "provider/url_rule.hpp"
#include "tests/fuzz/support.hpp"

using namespace wayleave::fuzz;
using namespace wayleave::provider;

namespace {

void check_url(const std::string& url) {
  if (url.empty()) return;
  FUZZ_CHECK(!url_fault(url, UrlRule{}));
  FUZZ_CHECK(url.starts_with(origin_of(url).substr(0, 7)));
}

void check_resolved(const Provider& provider) {
  for (const auto* url : {&provider.auth.authorize,
                          &provider.auth.token,
                          &provider.auth.revoke,
                          &provider.auth.introspect,
                          &provider.auth.issuer}) {
    check_url(*url);
  }
  for (const auto& host : provider.hosts) {
    check_url(host.base_url);
    FUZZ_CHECK(!host.base_url.ends_with('/') && host.base_url.find('?') == std::string::npos);
  }
}

void check_file(std::string_view text) {
  const auto catalogue = Catalogue::load({{"fuzz.yaml", std::string(text)}}, {});
  if (!catalogue) {
    FUZZ_CHECK(!catalogue.error().detail.empty());
    return;
  }
  const Provider& provider = *catalogue->find("fuzz");
  (void)to_json(*provider.document);
  if (provider.tenant.empty()) check_resolved(provider);
  Settings settings;
  for (const auto& field : provider.tenant) settings[field.name] = "value-1";
  if (const auto resolved = catalogue->resolve("fuzz", settings)) check_resolved(**resolved);
}

void check_settings(std::string_view text, Steering& steering) {
  static const Catalogue catalogue = Catalogue::load(Catalogue::embedded(), {}).value();
  constexpr const char* names[] = {"authorize", "token", "apiBase", "issuer", "authorizeParams"};
  Settings settings{{"authorize", "https://a.example/authorize"},
                    {"token", "https://a.example/token"},
                    {"apiBase", "https://a.example"}};
  settings[names[steering.next(std::size(names))]] = std::string(text);
  if (const auto resolved = catalogue.resolve("oauth2", settings)) check_resolved(**resolved);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Steering steering(rest);
  const bool file = steering.next(2) == 0;
  Steering more(rest);
  file ? check_file(rest) : check_settings(rest, more);
  return 0;
}
