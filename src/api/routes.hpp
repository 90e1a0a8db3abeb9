#pragma once

#include "api/parts.hpp"
#include "net/handler.hpp"

namespace wayleave::api {

/// One function per resource; each file holds what its routes do.
void add_app_routes(net::Router& router, const Parts& parts);
void add_audit_routes(net::Router& router, const Parts& parts);
void add_audit_export_route(net::Router& router, const Parts& parts);
void add_confirm_routes(net::Router& router, const Parts& parts);
void add_connection_routes(net::Router& router, const Parts& parts);
void add_connection_view(net::Router& router, const Parts& parts);
void add_health_routes(net::Router& router, const Parts& parts);
void add_invitation_routes(net::Router& router, const Parts& parts);
void add_key_change_routes(net::Router& router, const Parts& parts);
void add_key_routes(net::Router& router, const Parts& parts);
void add_link_routes(net::Router& router, const Parts& parts);
void add_me_routes(net::Router& router, const Parts& parts);
void add_member_routes(net::Router& router, const Parts& parts);
void add_openapi_route(net::Router& router);
void add_provider_routes(net::Router& router, const Parts& parts);
void add_request_routes(net::Router& router, const Parts& parts);
void add_session_routes(net::Router& router, const Parts& parts);
void add_settings_routes(net::Router& router, const Parts& parts);
void add_sso_routes(net::Router& router, const Parts& parts);
void add_stackgo_routes(net::Router& router, const Parts& parts);
void add_token_route(net::Router& router, const Parts& parts);
void add_totp_routes(net::Router& router, const Parts& parts);

/// All of them.
void add_routes(net::Router& router, const Parts& parts);

/// The largest JSON body of a native route.
inline constexpr std::size_t kJsonBodyMax = 256 * 1024;

}  // namespace wayleave::api
