#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/proxy_call.hpp"
#include "net/http1/head.hpp"
#include "provider/provider.hpp"

namespace wayleave::gateway {

/// Writes the head that goes to the provider: the call's own fields as far as they may pass, the
/// provider's declared ones, and the token in its place. Written from the parsed form, never copied
/// (HT-12). False when a value would break the head (HT-17); nothing of it may then be sent.
[[nodiscard]] bool write_request_head(std::string& out,
                                      const net::http1::RequestHead& head,
                                      const ProxyCall& call);

/// Writes the head that goes back to the caller of the transparent proxy.
void write_answer_head(std::string& out, const net::http1::ResponseHead& head);

/// The provider's fields that an envelope's answer carries: its rate limits, and what a caller
/// needs to page, to compare and to wait.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> passed_fields(
    const provider::Limits& limits, const net::http1::ResponseHead& head);

}  // namespace wayleave::gateway
