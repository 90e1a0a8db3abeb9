#include "net/tls_acceptor.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <string_view>

#include "net/tls_rules.hpp"

namespace wayleave::net {
namespace {

/// Of TLS 1.2 only what has forward secrecy and authenticated encryption; 1.3 has nothing else.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kHttp11 = "http/1.1";

/// RFC 7301: a client that names protocols but not ours gets no_application_protocol.
int choose_protocol(SSL*,
                    const unsigned char** chosen,
                    unsigned char* chosen_size,
                    const unsigned char* offered,
                    unsigned int offered_size,
                    void*) {
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
  while (!rest.empty()) {
    const auto size = static_cast<unsigned char>(rest.front());
    const std::string_view name = rest.substr(1, size);
    if (name == kHttp11) {
      *chosen = reinterpret_cast<const unsigned char*>(name.data());
      *chosen_size = size;
      return SSL_TLSEXT_ERR_OK;
    }
    rest.remove_prefix(std::min(rest.size(), std::size_t{size} + 1));
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

void TlsAcceptor::ContextFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<TlsAcceptor::Context> TlsAcceptor::make_context(const TlsIdentity& identity) {
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context || !set_common_rules(context.get()) ||
      SSL_CTX_set_cipher_list(context.get(), kCiphers) != 1 || !identity.install(context.get())) {
    return internal("OpenSSL: " + take_reason());
  }
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  // Sessions live in tickets, on the client's side, and so take no memory here.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

TlsAcceptor::TlsAcceptor(TlsIdentity identity, Context context, Tick now)
    : identity_(std::move(identity)), context_(std::move(context)), made_at_(now) {}

TlsAcceptor::~TlsAcceptor() = default;

Result<std::unique_ptr<TlsAcceptor>> TlsAcceptor::create(TlsIdentity identity, Tick now) {
  WL_TRY(auto context, make_context(identity));
  return std::unique_ptr<TlsAcceptor>(
      new TlsAcceptor(std::move(identity), std::move(context), now));
}

TlsContext::Ssl TlsAcceptor::new_connection(Tick now) {
  const std::lock_guard lock(mutex_);
  if (now - made_at_ >= kTicketKeyLife) {
    made_at_ = now;
    // A new context has new random ticket keys; connections keep the context they began with.
    if (auto fresh = make_context(identity_)) context_ = *std::move(fresh);
  }
  TlsContext::Ssl ssl(SSL_new(context_.get()));
  if (!ssl) throw std::bad_alloc();
  SSL_set_accept_state(ssl.get());
  return ssl;
}

Result<> TlsAcceptor::replace(TlsIdentity identity, Tick now) {
  WL_TRY(auto context, make_context(identity));
  const std::lock_guard lock(mutex_);
  identity_ = std::move(identity);
  context_ = std::move(context);
  made_at_ = now;
  return {};
}

}  // namespace wayleave::net
