#include "net/tls_sessions.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace wayleave::net {
namespace {

/// Whether a new handshake would still accept the certificate behind the session.
bool is_current(const SSL_SESSION* session) {
  const X509* shown = SSL_SESSION_get0_peer(const_cast<SSL_SESSION*>(session));
  return shown != nullptr && X509_cmp_current_time(X509_get0_notAfter(shown)) > 0;
}

}  // namespace

void TlsSessions::Free::operator()(ssl_session_st* session) const { SSL_SESSION_free(session); }

void TlsSessions::bind(const ssl_ctx_st* context, const std::string& host) {
  if (context_ == context && host_ == host) return;
  clear();
  context_ = context;
  host_ = host;
}

void TlsSessions::keep(Session session) {
  if (kept_.size() == kKept) kept_.pop_front();
  kept_.push_back(std::move(session));
}

TlsSessions::Session TlsSessions::take() {
  while (!kept_.empty()) {
    Session session = std::move(kept_.back());
    kept_.pop_back();
    if (SSL_SESSION_is_resumable(session.get()) != 1 || !is_current(session.get())) continue;
    if (SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION) {
      SSL_SESSION_up_ref(session.get());
      kept_.emplace_back(session.get());
    }
    return session;
  }
  return nullptr;
}

}  // namespace wayleave::net
