#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "connect/flow.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "oauth/pkce.hpp"
#include "provider/provider.hpp"
#include "vault/app.hpp"

namespace wayleave::connect {

/// Everything random that one start may need. Drawn before the transaction, which may run more than
/// once.
struct Fresh {
  explicit Fresh(Random& random);
  std::string flow_id;
  std::string state;
  std::string cookie;
  LinkId link_id;
  std::string link_token;
  oauth::Pkce pkce;
};

/// For whom and with what a flow begins.
struct FlowRequest {
  std::string user;
  std::optional<std::vector<std::string>> scopes;  ///< instead of the app's
  std::string return_url;
  LinkId link;           ///< empty: none
  bool bound = false;    ///< to the browser that carries `Fresh::cookie`
  std::string opener;    ///< checked origin; empty: none
  std::string language;  ///< empty: none asked for
  std::string repeats;   ///< id of the flow that is tried again; empty: none
};

/// Stores a new flow of `app` and gives the authorize URL. Checks the return URL against the app's
/// origins as they are now, and that the provider can be connected this way.
[[nodiscard]] Result<std::string> begin_flow(db::Transaction& tx,
                                             const crypto::KeyRing& keys,
                                             std::string_view public_url,
                                             const vault::App& app,
                                             const provider::Provider& provider,
                                             const FlowRequest& request,
                                             const Fresh& fresh,
                                             Instant now);

/// The sealed verifier's place: bound to workspace and flow (VT-03).
[[nodiscard]] crypto::Place verifier_place(const Flow& flow);

/// Refuses a provider that does not use the authorization code grant or cannot be used here.
[[nodiscard]] Result<> check_connectable(const provider::Provider& provider);

}  // namespace wayleave::connect
