#pragma once

#include <optional>
#include <string>

#include "api/parts.hpp"
#include "base/secret.hpp"

namespace wayleave::api {

// Passwords and codes are guessed at in one place and counted in one (DS-09).

/// Counts an attempt at this account from where the request came; the answer (429 with Retry-After)
/// when it is one too many.
[[nodiscard]] std::optional<net::Response> too_many_attempts(const Parts& parts,
                                                             const net::Request& request,
                                                             std::string_view email);
/// The attempt was right.
void attempt_succeeded(const Parts& parts, const net::Request& request, std::string_view email);

/// Whether a member who is signed in knows their password: nothing when so, an answer when too many
/// were tried, an error that names `field` when it is wrong, which is audited.
[[nodiscard]] Task<Result<std::optional<net::Response>>> refuse_password(const Call& call,
                                                                         access::Member member,
                                                                         SecretString password,
                                                                         std::string field);

}  // namespace wayleave::api
