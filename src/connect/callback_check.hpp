#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "connect/callback_params.hpp"
#include "connect/flow.hpp"
#include "connect/outcome.hpp"
#include "provider/provider.hpp"
#include "vault/app.hpp"

namespace wayleave::connect {

/// Where and by whom a callback was brought.
struct Arrival {
  std::string_view provider;        ///< path segment
  std::string_view app;             ///< path segment
  std::string_view browser_cookie;  ///< empty: none
};

/// Decides whether a callback belongs to its flow, before anything is consumed or sent; nullopt: it
/// does. Order: path (OA-08), browser (OA-02), whether the flow is still open (OA-03, OA-04), app
/// unchanged (OA-04), `iss` (OA-07). A refusal changes nothing: the rightful browser can still
/// finish.
/// @param app   missing when it was removed meanwhile
/// @param auth  of the app's provider; missing with the app
[[nodiscard]] std::optional<Outcome> check_callback(const Flow& flow,
                                                    const vault::App* app,
                                                    const provider::Auth* auth,
                                                    const CallbackParams& params,
                                                    const Arrival& arrival,
                                                    Instant now);

/// RFC 9207 section 2.4. An `iss` from a provider whose issuer is not known here is refused too:
/// the app's setting `issuer` must name it.
[[nodiscard]] bool issuer_fits(const provider::Auth& auth, const std::optional<std::string>& iss);

}  // namespace wayleave::connect
