#include "net/tls_rules.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace wayleave::net {

bool set_common_rules(ssl_ctx_st* context) {
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

std::string take_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "" : reason;
}

}  // namespace wayleave::net
