#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_session_st;

namespace wayleave::net {

/// Sessions that one server offered for resumption (RFC 8446 section 2.2), so that a further
/// connection to it needs no certificate chain again. They stand for a verification that was made,
/// so they only serve the same context and host, and no longer than the certificate that was
/// verified then (OA-15). Belongs to one thread; must outlive the connections made with it.
class TlsSessions {
 public:
  /// More are forgotten, the oldest first. A server mostly gives two for each connection.
  static constexpr std::size_t kKept = 8;

  TlsSessions() = default;
  TlsSessions(const TlsSessions&) = delete;
  TlsSessions& operator=(const TlsSessions&) = delete;

  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  void clear() { kept_.clear(); }

 private:
  friend class TlsContext;
  struct Free {
    void operator()(ssl_session_st* session) const;
  };
  using Session = std::unique_ptr<ssl_session_st, Free>;

  /// Forgets everything that was made for another context or host.
  void bind(const ssl_ctx_st* context, const std::string& host);
  void keep(Session session);
  /// The newest that is still good; empty when there is none. One of TLS 1.3 is given once only
  /// (RFC 8446 appendix C.4).
  [[nodiscard]] Session take();

  const ssl_ctx_st* context_ = nullptr;
  std::string host_;
  std::deque<Session> kept_;  ///< the newest last
};

}  // namespace wayleave::net
