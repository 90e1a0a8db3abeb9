#pragma once

#include <memory>

#include "sandbox/call.hpp"

/// The control room, `/_sandbox/…`: how tests turn the simulated world.
namespace wayleave::sandbox {

// control.cpp
[[nodiscard]] Outcome<net::Response> add_fault(Call& call);
[[nodiscard]] Outcome<net::Response> list_faults(Call& call);
[[nodiscard]] Outcome<net::Response> clear_faults(Call& call);
[[nodiscard]] Outcome<net::Response> advance_clock(Call& call);
[[nodiscard]] Outcome<net::Response> show_clock(Call& call);
[[nodiscard]] Outcome<net::Response> show_stats(Call& call);
[[nodiscard]] Outcome<net::Response> show_log(Call& call);
[[nodiscard]] Outcome<net::Response> reset(Call& call);

// control_world.cpp
[[nodiscard]] Outcome<net::Response> register_app(Call& call);
[[nodiscard]] Outcome<net::Response> list_apps(Call& call);
[[nodiscard]] Outcome<net::Response> list_accounts(Call& call);
[[nodiscard]] Outcome<net::Response> put_account(Call& call);
[[nodiscard]] Outcome<net::Response> uninstall_by_customer(Call& call);
[[nodiscard]] Outcome<net::Response> change_settings(Call& call);
[[nodiscard]] Outcome<net::Response> show_settings(Call& call);

// echo.cpp
[[nodiscard]] Outcome<net::Response> echo(Call& call);
[[nodiscard]] Outcome<net::Response> stream_bytes(Call& call);
/// Digests a body of any size as it arrives.
[[nodiscard]] std::unique_ptr<net::BodySink> make_echo_sink();

}  // namespace wayleave::sandbox
