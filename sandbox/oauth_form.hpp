#pragma once

#include <expected>

#include "sandbox/apps.hpp"
#include "sandbox/call.hpp"
#include "sandbox/oauth_problem.hpp"

namespace wayleave::sandbox {

/// The body of a token, introspection or revocation call; 415 unless it is form-encoded, 400 when
/// it is malformed or names a field twice (RFC 6749 section 3.2).
[[nodiscard]] Outcome<Params> oauth_form(const Call& call);

/// The client that the form's `client_id` and `client_secret` prove. An unknown id is reported
/// before anything else, as HubSpot does.
[[nodiscard]] std::expected<App*, OauthProblem> find_client(Call& call, const Params& form);
[[nodiscard]] std::expected<void, OauthProblem> check_secret(App& app, const Params& form);

}  // namespace wayleave::sandbox
