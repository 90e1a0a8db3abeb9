#pragma once

#include "sandbox/call.hpp"

/// OAuth endpoints of app.hubspot.com and api.hubapi.com.
namespace wayleave::sandbox {

// oauth_authorize.cpp
[[nodiscard]] Outcome<net::Response> authorize(Call& call);       // GET [/{portalId}]
[[nodiscard]] Outcome<net::Response> decide_consent(Call& call);  // POST /{portalId}

// oauth_token.cpp
[[nodiscard]] Outcome<net::Response> issue_token(Call& call);
[[nodiscard]] Outcome<net::Response> issue_token_v1(Call& call);  // without client credentials

// oauth_introspect.cpp
[[nodiscard]] Outcome<net::Response> introspect(Call& call);
[[nodiscard]] Outcome<net::Response> revoke(Call& call);
[[nodiscard]] Outcome<net::Response> access_token_metadata(Call& call);
[[nodiscard]] Outcome<net::Response> refresh_token_metadata(Call& call);
[[nodiscard]] Outcome<net::Response> delete_refresh_token(Call& call);
[[nodiscard]] Outcome<net::Response> uninstall(Call& call);

}  // namespace wayleave::sandbox
