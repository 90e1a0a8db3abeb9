#pragma once

#include "sandbox/call.hpp"

/// `/account-info/…`: who is connected, and how much was used.
namespace wayleave::sandbox {

[[nodiscard]] Outcome<net::Response> account_details(Call& call);
[[nodiscard]] Outcome<net::Response> daily_usage(Call& call);

}  // namespace wayleave::sandbox
