#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/dispatcher.hpp"
#include "net/egress.hpp"
#include "net/tls_sessions.hpp"
#include "net/worker/loop.hpp"
#include "net/worker/transport.hpp"

namespace wayleave::net {

/// Who uses a connection to a provider at the moment.
class UpstreamUser {
 public:
  /// Bytes may be read or written, or the connection has just become ready.
  virtual void upstream_ready() = 0;
  /// It could not be made; it is gone already.
  virtual void upstream_lost(const UpstreamFailure& failure) = 0;

 protected:
  ~UpstreamUser() = default;
};

/// One connection to a provider: resolves, checks the address, connects to that very address, puts
/// TLS on it, then carries one exchange at a time.
class UpstreamConnection final : public Pollable, public Timer {
 public:
  enum class Phase { Resolving, Connecting, Handshaking, Ready, Idle, Closed };

  UpstreamConnection(Loop& loop, UpstreamPool& pool) : loop_(loop), pool_(pool) {}

  void start();
  void on_events(std::uint32_t events) override;
  void on_timeout() override;
  void resolved(Result<std::vector<boost::asio::ip::address>> addresses);

  [[nodiscard]] bool ready() const { return phase_ == Phase::Ready; }
  [[nodiscard]] bool reused() const { return reused_; }
  [[nodiscard]] UpstreamPool& pool() { return pool_; }

  Transport io;
  Outbox outbox;
  std::string in;  ///< bytes read and not used: a head that has not come whole

 private:
  friend class UpstreamPool;
  void connect_next();
  [[nodiscard]] bool still_silent();
  void connected();
  void established();
  void lose(UpstreamFault fault, std::string detail);

  Loop& loop_;
  UpstreamPool& pool_;
  UpstreamUser* user_ = nullptr;
  Phase phase_ = Phase::Resolving;
  bool reused_ = false;
  std::uint64_t serial_ = 0;
  std::vector<Endpoint> endpoints_;
  std::size_t next_endpoint_ = 0;
  bool resuming_ = false;   ///< the handshake tries to resume a session
  bool may_resume_ = true;  ///< no attempt to do so has failed yet
};

/// The connections of one worker to one origin for one workspace; never shared across either, so
/// that a desynchronised connection cannot cross a tenant.
class UpstreamPool {
 public:
  UpstreamPool(Loop& loop, Origin origin) : loop_(loop), origin_(std::move(origin)) {}

  /// An idle connection (then ready at once) or a new one, which tells `user` when it is ready. A
  /// null result: `user.upstream_lost` has been called.
  [[nodiscard]] UpstreamConnection* acquire(UpstreamUser& user, bool fresh);
  /// The exchange ended cleanly: keep the connection for the next.
  void release(UpstreamConnection& connection);
  /// Close it: something was left over, broken or cut.
  void discard(UpstreamConnection& connection);
  [[nodiscard]] const Origin& origin() const { return origin_; }
  void close_idle();
  [[nodiscard]] UpstreamConnection* find(std::uint64_t serial);
  [[nodiscard]] TlsSessions& tls_sessions() { return tls_sessions_; }

 private:
  Loop& loop_;
  Origin origin_;
  TlsSessions tls_sessions_;  ///< outlives the connections
  std::vector<std::unique_ptr<UpstreamConnection>> connections_;
  std::vector<UpstreamConnection*> idle_;  ///< last used last
  std::uint64_t serials_ = 0;
};

}  // namespace wayleave::net
