#pragma once

#include <string_view>

#include "api/browser.hpp"
#include "base/embedded.hpp"
#include "net/handler.hpp"

namespace wayleave::api {

/// `/` and `/console/…`: the files of the console's web build (`files` ends with a null name and
/// must outlive the router). Any path that is no file answers index.html, for the console knows its
/// own paths; only below `assets/`, whose names hold a digest and which may be kept forever, it is
/// 404. All of it is public: what it shows comes from /v1.
void add_console_routes(net::Router& router, const BrowserParts& parts, const EmbeddedAsset* files);

/// Whether a browser with this `Accept-Encoding` takes gzip (RFC 9110 section 12.5.3).
[[nodiscard]] bool takes_gzip(std::string_view accept_encoding);

/// Whether an `If-None-Match` names this validator, which comes with its quotes; by the weak
/// comparison (RFC 9110 section 13.1.2).
[[nodiscard]] bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace wayleave::api
