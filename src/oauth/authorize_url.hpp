#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace wayleave::oauth {

/// What goes into an authorization request (RFC 6749 section 4.1.1).
struct AuthorizeRequest {
  std::string endpoint;  ///< absolute URL, may have its own query
  std::string client_id;
  std::string redirect_uri;
  std::vector<std::string> scopes;
  std::vector<std::string> optional_scopes;  ///< sent as `optional_scope` when not empty
  std::string scope_separator = " ";
  std::string state;
  std::string code_challenge;  ///< empty: provider without PKCE; else S256 is sent with it
  FormFields extra;            ///< the provider's own parameters; may not replace those above
};

/// The URL the browser goes to. Every value is percent-encoded, a space as `%20`.
[[nodiscard]] std::string authorize_url(const AuthorizeRequest& request);

/// True for the parameters the protocol itself sets (`response_type`, `state`, `scope` …): no
/// provider file and no app may bring its own (OA-06, OA-14).
[[nodiscard]] bool is_reserved_authorize_param(std::string_view name);

}  // namespace wayleave::oauth
