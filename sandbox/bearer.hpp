#pragma once

#include "sandbox/call.hpp"

namespace wayleave::sandbox {

/// Finds the grant of the request's access token and fills `call.grant` and `call.account`; else
/// 401, or the answer of an account in trouble (423, 477).
[[nodiscard]] Outcome<void> check_bearer(Call& call);

/// The token of `Authorization: Bearer …`; empty when there is none.
[[nodiscard]] std::string_view bearer_token(const net::Request& request);

}  // namespace wayleave::sandbox
