#pragma once

#include <string>

struct ssl_ctx_st;

namespace wayleave::net {

/// What holds on both sides: TLS 1.2 or newer, at least 112 bits (no RSA below 2048, no SHA-1
/// signatures), no renegotiation, no compression (OP-08). False when OpenSSL refuses.
[[nodiscard]] bool set_common_rules(ssl_ctx_st* context);

/// The newest error of this thread's OpenSSL queue, in words; empties the queue.
[[nodiscard]] std::string take_reason();

}  // namespace wayleave::net
