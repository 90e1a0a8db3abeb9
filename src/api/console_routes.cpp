#include "api/console_routes.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace wayleave::api {
namespace {

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kAssets = "assets/";

// AD-04. The two digests are of style sheets that react-aria puts into the page's head: the one
// that keeps a touch on a button from zooming, and the one that keeps a page behind a dialog from
// scrolling on iOS. Nothing else may be inline.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' "
    "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=' "
    "'sha256-gYiS/BvZvRcK27JIXTuwhZ3hs2+VJ1X+2gUlE+farlg='; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'";

const EmbeddedAsset* find(const EmbeddedAsset* files, std::string_view name) {
  for (; files->name != nullptr; ++files) {
    if (name == files->name) return files;
  }
  return nullptr;
}

void add_console_fields(const BrowserParts& parts, net::Response& response) {
  add_safety_fields(parts, response);
  response.fields.add("Content-Security-Policy", std::string(kPolicy));
  // A window that tries an install link may still say how it ended.
  response.fields.add("Cross-Origin-Opener-Policy", "same-origin-allow-popups");
  response.fields.add("Cross-Origin-Resource-Policy", "same-origin");
  response.fields.add("Permissions-Policy",
                      "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}

net::Response no_such_asset(const BrowserParts& parts) {
  net::Response response = net::text_response(404, "no such file\n");
  response.fields.add("Cache-Control", "no-store");
  add_console_fields(parts, response);
  return response;
}

net::Response serve(const BrowserParts& parts,
                    const EmbeddedAsset& file,
                    const net::Fields& asked) {
  const bool zipped = file.gzip_begin != nullptr &&
                      takes_gzip(asked.get("Accept-Encoding").value_or(std::string_view()));
  // Two representations, two validators (RFC 9110 section 8.8.3.3).
  const std::string etag = '"' + std::string(file.etag) + (zipped ? "-gzip\"" : "\"");
  const bool hashed = std::string_view(file.name).starts_with(kAssets);
  net::Response response;
  response.fields.add("ETag", etag);
  response.fields.add("Vary", "Accept-Encoding");
  response.fields.add("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  add_console_fields(parts, response);
  if (names_etag(asked.get("If-None-Match").value_or(std::string_view()), etag)) {
    response.status = 304;
    return response;
  }
  response.fields.add("Content-Type", file.type);
  if (zipped) response.fields.add("Content-Encoding", "gzip");
  response.body = zipped ? file.gzip() : file.bytes();
  return response;
}

Task<net::Response> show(BrowserParts parts, const EmbeddedAsset* files, net::Request request) {
  const std::string name = request.params.empty() ? std::string(kIndex) : request.params.front();
  const EmbeddedAsset* file = find(files, name);
  if (file == nullptr && name.starts_with(kAssets)) co_return no_such_asset(parts);
  if (file == nullptr) file = find(files, kIndex);
  if (file == nullptr) co_return no_such_asset(parts);
  co_return serve(parts, *file, request.fields);
}

}  // namespace

bool takes_gzip(std::string_view accept_encoding) {
  int named = -1;
  int any = -1;
  for (const std::string_view raw : split(accept_encoding, ',')) {
    const auto semicolon = raw.find(';');
    const std::string coding = to_lower(trim(raw.substr(0, semicolon)));
    const int q = quality(semicolon == std::string_view::npos ? std::string_view()
                                                              : raw.substr(semicolon + 1));
    if (coding == "gzip" || coding == "x-gzip") named = std::max(named, q);
    if (coding == "*") any = std::max(any, q);
  }
  return named >= 0 ? named > 0 : any > 0;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  if (trim(if_none_match) == "*") return true;
  return std::ranges::any_of(split(if_none_match, ','), [etag](std::string_view raw) {
    std::string_view one = trim(raw);
    if (one.starts_with("W/")) one.remove_prefix(2);
    return one == etag;
  });
}

void add_console_routes(net::Router& router,
                        const BrowserParts& parts,
                        const EmbeddedAsset* files) {
  const net::Handler file = for_our_host(parts, [parts, files](net::Request request) {
    return show(parts, files, std::move(request));
  });
  for (const char* method : {"GET", "HEAD"}) {
    for (const char* path : {"/", "/console", "/console/{*}"}) router.add({method, path, file});
  }
}

}  // namespace wayleave::api
