#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace wayleave::connect {

/// One trip of a browser to the provider and back, as it is stored. Neither the state nor the
/// verifier nor the cookie can be read from it.
struct Flow {
  std::string id;  ///< `flw_…`; also names the result page, so it is only known to that browser
  std::string state_digest;
  WorkspaceId workspace;
  AppId app;
  std::int64_t app_version = 0;  ///< when the flow began: a change ends the flow (OA-04)
  std::string provider;          ///< slug; the callback cannot change it (OA-07)
  LinkId link;                   ///< empty: begun without an install link
  std::string user;
  std::string redirect_uri;         ///< as sent to the provider, repeated byte for byte (OA-09)
  std::string verifier;             ///< sealed; empty: provider without PKCE
  std::vector<std::string> scopes;  ///< required ones, to compare with what is granted (OA-21)
  std::string return_url;           ///< checked when stored; empty: none
  std::string browser_digest;       ///< of the binding cookie; empty: any browser
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> consumed_at;
  std::string outcome;               ///< empty while open, or when the process died in the exchange
  std::vector<std::string> missing;  ///< scopes that were asked for and not given
  std::string opener;                ///< origin of the window that opened the page; empty: none
  std::string language;              ///< asked for by name; empty: what the browser likes
  /// The flow that connected with less than was asked for and is tried again: its link is used up,
  /// and this one may still connect. Empty: a first try.
  std::string repeats;
};

/// An install link as it is stored: a single-use invitation for one user to connect one app.
struct StoredLink {
  LinkId id;
  std::string token_digest;
  WorkspaceId workspace;
  AppId app;
  std::string user;
  std::optional<std::vector<std::string>> scopes;  ///< instead of the app's
  std::string return_url;
  std::string actor;  ///< `kind:id` of who made it
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> used_at;
};

}  // namespace wayleave::connect
