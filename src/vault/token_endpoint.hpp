#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "net/client.hpp"
#include "oauth/token_response.hpp"
#include "provider/provider.hpp"

namespace wayleave::vault {

/// A client as a provider knows it, with its secret; enough to speak to the provider's endpoints.
struct Client {
  std::shared_ptr<const provider::Provider> provider;
  std::string client_id;
  SecretString secret;
};

struct TokenAnswer {
  oauth::TokenOutcome outcome;
  Instant sent_at;    ///< the life of a token counts from here (TK-15)
  bool lost = false;  ///< the request may have been acted on and its answer did not arrive
  bool odd = false;   ///< an answer came that does not tell whether it was acted on (a 502, say)
};

/// How long a provider may take to answer.
inline constexpr Millis kTokenTimeout{60'000};

// One call each, without retries. `net` and what is passed by reference must outlive the call.

[[nodiscard]] Task<TokenAnswer> request_exchange(net::Client& net,
                                                 const Clock& clock,
                                                 Client client,
                                                 std::string code,
                                                 std::string redirect_uri,
                                                 std::optional<SecretString> verifier);
[[nodiscard]] Task<TokenAnswer> request_refresh(net::Client& net,
                                                const Clock& clock,
                                                const Client& client,
                                                const SecretString& refresh_token,
                                                std::function<bool()> still_wanted = {});
/// True when the provider says that the token is void, which it also does for one it does not know
/// (RFC 7009 section 2.2).
[[nodiscard]] Task<bool> request_revocation(net::Client& net,
                                            const Client& client,
                                            const SecretString& token,
                                            std::string hint);

}  // namespace wayleave::vault
