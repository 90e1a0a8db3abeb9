#pragma once

#include <string>

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

/// Writes the head of an envelope's answer: the provider's status and, of its fields, its rate
/// limits and what a caller needs to page, to compare and to wait.
void write_envelope_answer_head(std::string& out,
                                const net::http1::ResponseHead& head,
                                const provider::Limits& limits);

}  // namespace wayleave::gateway
