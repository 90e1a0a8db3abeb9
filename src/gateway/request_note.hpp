#pragma once

#include "gateway/proxy_call.hpp"
#include "gateway/request_inlet.hpp"
#include "net/dispatcher.hpp"

namespace wayleave::gateway {

/// Leaves a record of a call that ended. A call whose key is not known belongs to no workspace and
/// leaves none. On the worker's thread; allocates nothing and reads no clock.
void note_request(RequestInlet& inlet,
                  const net::Exchange& exchange,
                  const ProxyCall& call,
                  const net::Outcome& outcome);

/// The trace id of a `traceparent` field (W3C Trace Context, version 00 and later); empty when it
/// is none.
[[nodiscard]] std::string_view trace_id_of(std::string_view traceparent);

/// How much of a target is shown: its path, up to the query, `kRequestTextBytesMax`, the token or
/// anything that looks like an API key of ours (LG-01).
[[nodiscard]] std::string_view shown_path(std::string_view target, std::string_view token);

}  // namespace wayleave::gateway
