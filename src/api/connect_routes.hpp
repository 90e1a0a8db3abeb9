#pragma once

#include "api/browser.hpp"
#include "base/embedded.hpp"
#include "net/handler.hpp"

namespace wayleave::api {

/// The hosted connect page: `GET /connect/{token}` asks, `POST /connect/{token}` binds a new flow
/// to this browser and sends it to the provider with 303. Looking at a link does not use it up.
/// `?origin=` names the page whose window opened this one and wants to hear how it ends; it must be
/// one of the app's return origins. `GET /connect/{token}/status` tells such a page the same where
/// the window cannot (the provider's pages cut it off), and `/connect/result.js` is the one script.
void add_connect_routes(net::Router& router, const BrowserParts& parts);

/// `GET /connect.js`, the browser SDK, for pages of any origin. `files` is a web build that holds
/// `connect.js`; it must live as long as the router.
void add_connect_script(net::Router& router, const BrowserParts& parts, const EmbeddedAsset* files);

}  // namespace wayleave::api
