#pragma once

#include <optional>
#include <string_view>

#include "sandbox/call.hpp"

/// HubSpot's usage limits, applied to calls that carry a good token.
namespace wayleave::sandbox {

/// The rolling window of one app in one account, as headers tell it.
struct WindowState {
  int max = 0;
  int remaining = 0;
  Millis window{0};
};

/// Counts the call against the app's window and the account's day; the 429 when it is over.
/// `state` is filled unless the limiter is off.
[[nodiscard]] std::optional<net::Response> limit_call(Call& call,
                                                      std::optional<WindowState>& state);
/// Counts a search against the account's second; the 429 when it is over.
[[nodiscard]] std::optional<net::Response> limit_search(Call& call);
/// Counts a token call against the client's second; the 429 when it is over.
[[nodiscard]] std::optional<net::Response> limit_token_calls(Call& call,
                                                             std::string_view client_id);
/// Counts an anonymous form submission against the account's own window.
[[nodiscard]] std::optional<net::Response> limit_submissions(Call& call);
void add_rate_headers(net::Response& response, const WindowState& state);

}  // namespace wayleave::sandbox
