#include "api/routes.hpp"

#include "api/callback_routes.hpp"
#include "api/connect_routes.hpp"

namespace wayleave::api {

void add_routes(net::Router& router, const Parts& parts) {
  const BrowserParts browser{parts.installer, parts.log, parts.public_url};
  add_app_routes(router, parts);
  add_audit_routes(router, parts);
  add_callback_routes(router, browser);
  add_connect_routes(router, browser);
  add_confirm_routes(router, parts);
  add_connection_routes(router, parts);
  add_health_routes(router, parts);
  add_invitation_routes(router, parts);
  add_key_routes(router, parts);
  add_link_routes(router, parts);
  add_me_routes(router, parts);
  add_member_routes(router, parts);
  add_openapi_route(router);
  add_provider_routes(router, parts);
  add_request_routes(router, parts);
  add_session_routes(router, parts);
  add_settings_routes(router, parts);
  add_sso_routes(router, parts);
  add_stackgo_routes(router, parts);
  add_token_route(router, parts);
  add_totp_routes(router, parts);
}

}  // namespace wayleave::api
