#pragma once

#include "api/browser.hpp"
#include "net/handler.hpp"

namespace wayleave::api {

/// `GET /{provider}/{app}-{uuid}/callback` (contract section 3) and the result page it leads to. A
/// browser is sent away from the URL that held the code (OA-12): to the app's return URL, else to
/// `/connect/result/{id}`; a program gets that page at once, or JSON. A callback that is refused
/// answers itself, so that its status is seen. `POST /connect/result/{id}` begins that trip again.
void add_callback_routes(net::Router& router, const BrowserParts& parts);

}  // namespace wayleave::api
