#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <new>
#include <stdexcept>

#include "net/tls_rules.hpp"
#include "net/tls_sessions.hpp"

namespace wayleave::net {
namespace {

constexpr std::array<unsigned char, 9> kAlpn{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

std::string reason_of(unsigned long code) {
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "" : reason;
}

/// Where a connection remembers its TlsSessions. Not the "app data", which Asio uses.
int sessions_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool set_rules(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // Zero means success for the ALPN setter, unlike the others.
  return set_common_rules(context) &&
         SSL_CTX_set_alpn_protos(context, kAlpn.data(), kAlpn.size()) == 0;
}

const char* code_of(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "tls_certificate_expired";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "tls_host_mismatch";
    default:
      return "tls_certificate_untrusted";
  }
}

bool is_version_error(unsigned long code) {
  switch (ERR_GET_REASON(code)) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return ERR_GET_LIB(code) == ERR_LIB_SSL;
    default:
      return false;
  }
}

}  // namespace

struct TlsContext::Impl {
  std::unique_ptr<SSL_CTX, ContextFree> context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

Result<TlsContext> TlsContext::create(Options options) {
  auto impl = std::make_unique<Impl>();
  impl->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = impl->context.get();
  if (context == nullptr || !set_rules(context)) return internal("OpenSSL: " + take_reason());
  if (SSL_CTX_set_default_verify_paths(context) != 1) {
    return internal("the system's certificate store cannot be used: " + take_reason());
  }
  if (!options.extra_ca_file.empty() &&
      SSL_CTX_load_verify_file(context, options.extra_ca_file.c_str()) != 1) {
    ERR_clear_error();
    return reject("extra_ca_file",
                  "the file " + options.extra_ca_file + " holds no readable PEM certificate");
  }
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &TlsContext::keep_session);
  return TlsContext(std::move(impl));
}

TlsContext::Ssl TlsContext::new_connection(const std::string& host, TlsSessions& sessions) const {
  Ssl ssl = new_connection(host);
  sessions.bind(impl_->context.get(), host);
  // A failure to resume only means a full handshake.
  if (const auto session = sessions.take()) SSL_set_session(ssl.get(), session.get());
  SSL_set_ex_data(ssl.get(), sessions_index(), &sessions);
  return ssl;
}

int TlsContext::keep_session(ssl_st* ssl, ssl_session_st* session) {
  auto* sessions = static_cast<TlsSessions*>(SSL_get_ex_data(ssl, sessions_index()));
  if (sessions == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return 0;
  sessions->keep(TlsSessions::Session(session));
  return 1;  // it is ours now
}

void TlsContext::SslFree::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsContext::Ssl TlsContext::new_connection(const std::string& host) const {
  Ssl ssl(SSL_new(impl_->context.get()));
  if (!ssl) throw std::bad_alloc();
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(
      rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  boost::system::error_code not_literal;
  boost::asio::ip::make_address(host, not_literal);
  const bool set = not_literal ? !host.empty() && SSL_set1_host(ssl.get(), host.c_str()) == 1 &&
                                     SSL_set_tlsext_host_name(ssl.get(), host.c_str()) == 1
                               : X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  // Without a name to verify, any certificate would do: that must not happen quietly.
  if (!set) throw std::invalid_argument("a TLS connection needs the host to verify");
  SSL_set_connect_state(ssl.get());
  return ssl;
}

ssl_ctx_st* TlsContext::native() const { return impl_->context.get(); }

Error handshake_error(const ssl_st* ssl, unsigned long code) {
  const long verdict = SSL_get_verify_result(ssl);
  Error error{.kind = ErrorKind::Retry, .code = "tls_failed", .detail = "the TLS handshake failed"};
  if (verdict != X509_V_OK) {
    error.code = code_of(verdict);
    error.detail = std::string("the server's certificate was refused: ") +
                   X509_verify_cert_error_string(verdict);
  } else if (is_version_error(code)) {
    error.code = "tls_version";
    error.detail = "the server does not speak TLS 1.2 or newer";
  }
  error.operator_detail = reason_of(code);
  return error;
}

}  // namespace wayleave::net
