#include "connect/callback_check.hpp"

#include <string>

#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

/// The redirect URL was made as `<public>/<provider>/<slug>-<uuid>/callback`, so the path that the
/// browser came back on must be its end.
bool path_fits(const Flow& flow, const Arrival& arrival) {
  const std::string path =
      "/" + std::string(arrival.provider) + "/" + std::string(arrival.app) + "/callback";
  return flow.redirect_uri.ends_with(path) &&
         arrival.provider.find('/') == std::string_view::npos &&
         arrival.app.find('/') == std::string_view::npos;
}

}  // namespace

bool issuer_fits(const provider::Auth& auth, const std::optional<std::string>& iss) {
  if (!iss) return !auth.sends_iss;
  return !auth.issuer.empty() && *iss == auth.issuer;
}

std::optional<Outcome> check_callback(const Flow& flow,
                                      const vault::App* app,
                                      const provider::Auth* auth,
                                      const CallbackParams& params,
                                      const Arrival& arrival,
                                      Instant now) {
  if (!path_fits(flow, arrival)) return Outcome::WrongPath;
  const bool bound = !flow.browser_digest.empty();
  if (bound && !matches_digest(arrival.browser_cookie, flow.browser_digest)) {
    return Outcome::WrongBrowser;
  }
  if (flow.consumed_at) return Outcome::UsedState;
  if (now >= flow.expires_at) return Outcome::ExpiredState;
  if (app == nullptr || auth == nullptr || app->version != flow.app_version) {
    return Outcome::AppChanged;
  }
  if (!issuer_fits(*auth, params.iss)) return Outcome::IssuerMismatch;
  return std::nullopt;
}

}  // namespace wayleave::connect
