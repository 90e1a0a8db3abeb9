#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "oauth/confidential.hpp"

namespace wayleave::oauth {

/// How the client proves itself at the token endpoint (RFC 6749 section 2.3.1).
enum class ClientAuth {
  Post,   ///< client_id and client_secret in the form
  Basic,  ///< Authorization: Basic, both form-encoded first (OA-17)
  Json,   ///< a JSON body instead of a form
  None,   ///< public client: client_id only
};

/// A client's name and secret at one endpoint. Borrowed: must outlive the call.
struct ClientCredentials {
  std::string_view client_id;
  const SecretString& client_secret;
  ClientAuth auth = ClientAuth::Post;
};

/// A POST ready to send: no secret is ever in the URL. With Basic the header holds the secret: do
/// not log it.
struct EndpointRequest {
  std::vector<std::pair<std::string, std::string>>
      headers;  ///< Accept, Content-Type, Authorization
  SecretString body;
  Confidential told;  ///< what of it is secret, to be kept out of any text about the answer
};

/// True for the parameters the protocol itself sets in a token request; `extra` may not bring its
/// own (OA-14).
[[nodiscard]] bool is_reserved_token_param(std::string_view name);

/// RFC 6749 section 4.1.3, with RFC 7636 section 4.5.
[[nodiscard]] EndpointRequest exchange_request(const ClientCredentials& client,
                                               std::string_view code,
                                               std::string_view redirect_uri,
                                               const SecretString* verifier,
                                               const FormFields& extra = {});
/// RFC 6749 section 6.
[[nodiscard]] EndpointRequest refresh_request(const ClientCredentials& client,
                                              const SecretString& refresh_token,
                                              const FormFields& extra = {});
/// RFC 7009 section 2.1; `hint` is `refresh_token` or `access_token`.
[[nodiscard]] EndpointRequest revoke_request(const ClientCredentials& client,
                                             const SecretString& token,
                                             std::string_view hint);
/// RFC 7662 section 2.1.
[[nodiscard]] EndpointRequest introspect_request(const ClientCredentials& client,
                                                 const SecretString& token,
                                                 std::string_view hint);

}  // namespace wayleave::oauth
