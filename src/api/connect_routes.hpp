#pragma once

#include "api/browser.hpp"
#include "net/handler.hpp"

namespace wayleave::api {

/// The hosted connect page: `GET /connect/{token}` asks, `POST /connect/{token}` binds a new flow
/// to this browser and sends it to the provider with 303. Looking at a link does not use it up.
void add_connect_routes(net::Router& router, const BrowserParts& parts);

}  // namespace wayleave::api
