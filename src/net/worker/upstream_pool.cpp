#include "net/worker/upstream_pool.hpp"

#include <algorithm>

#include "net/resolver.hpp"

namespace wayleave::net {

void UpstreamConnection::start() {
  loop_.timers.arm(*this, loop_.now + loop_.limits.connect_time);
  if (const auto allowed = loop_.services.egress->check_origin(pool_.origin()); !allowed) {
    lose(UpstreamFault::NotAllowed, allowed.error().detail);
    return;
  }
  // The answer may come on another thread and after this connection is gone.
  auto back = [mailbox = loop_.mailbox, pool = &pool_, serial = serial_](
                  Result<Resolver::Addresses> addresses) {
    mailbox->post([pool, serial, addresses = std::move(addresses)]() mutable {
      if (auto* connection = pool->find(serial)) connection->resolved(std::move(addresses));
    });
  };
  loop_.services.resolver->resolve(pool_.origin().host, std::move(back));
}

void UpstreamConnection::resolved(Result<std::vector<boost::asio::ip::address>> addresses) {
  if (phase_ != Phase::Resolving) return;
  if (!addresses) {
    lose(UpstreamFault::Unreachable, addresses.error().detail);
    return;
  }
  auto admitted = loop_.services.egress->admit(pool_.origin(), *addresses);
  if (!admitted) {
    lose(UpstreamFault::NotAllowed, admitted.error().detail);
    return;
  }
  endpoints_ = *std::move(admitted);
  connect_next();
}

void UpstreamConnection::connect_next() {
  while (next_endpoint_ < endpoints_.size()) {
    phase_ = Phase::Connecting;
    if (io.connect(endpoints_[next_endpoint_++]) && loop_.poller.watch(io.fd(), *this)) return;
    io.close();
  }
  lose(UpstreamFault::Unreachable, "no address could be connected");
}

void UpstreamConnection::on_events(std::uint32_t events) {
  if (phase_ == Phase::Closed) return;
  io.note(events);
  switch (phase_) {
    case Phase::Connecting:
      connected();
      return;
    case Phase::Handshaking:
      established();
      return;
    case Phase::Ready:
      user_->upstream_ready();
      return;
    case Phase::Idle:
      if (!still_silent()) pool_.discard(*this);
      return;
    case Phase::Resolving:
    case Phase::Closed:
      return;
  }
}

bool UpstreamConnection::still_silent() {
  // Nothing is due between exchanges: bytes, an end or an error make the connection useless
  // (HT-21), also those that OpenSSL holds already. A TLS session ticket is no content and is
  // swallowed by the read.
  char byte = 0;
  return !io.readable() || io.read({&byte, 1}).state == Transport::State::Again;
}

void UpstreamConnection::connected() {
  if (!io.finish_connect()) {
    io.close();
    connect_next();
    return;
  }
  if (!pool_.origin().tls) {
    phase_ = Phase::Handshaking;
    established();
    return;
  }
  const TlsContext& tls = *loop_.services.tls;
  resuming_ = may_resume_ && pool_.tls_sessions().size() > 0;
  if (!may_resume_) pool_.tls_sessions().clear();
  io.start_tls(tls.new_connection(pool_.origin().host, pool_.tls_sessions()));
  phase_ = Phase::Handshaking;
  established();
}

void UpstreamConnection::established() {
  if (io.tls()) {
    const auto state = io.handshake();
    if (state == Transport::State::Again) return;
    if (state != Transport::State::Ok && resuming_) {
      // A server may choke on a session instead of declining it: once more, with a full handshake.
      may_resume_ = false;
      --next_endpoint_;
      io.close();
      connect_next();
      return;
    }
    if (state != Transport::State::Ok) {
      lose(UpstreamFault::Unreachable, io.tls_error());
      return;
    }
  }
  phase_ = Phase::Ready;
  loop_.timers.disarm(*this);
  user_->upstream_ready();
}

void UpstreamConnection::on_timeout() {
  if (phase_ == Phase::Idle) {
    io.say_goodbye();
    pool_.discard(*this);
  } else if (phase_ != Phase::Ready && phase_ != Phase::Closed) {
    lose(UpstreamFault::Unreachable, "connecting took too long");
  }
}

void UpstreamConnection::lose(UpstreamFault fault, std::string detail) {
  loop_.traffic.upstreams_failed.add();
  UpstreamUser* user = user_;
  const UpstreamFailure failure{fault, std::move(detail)};
  pool_.discard(*this);
  user->upstream_lost(failure);
}

UpstreamConnection* UpstreamPool::acquire(UpstreamUser& user, bool fresh) {
  if (!fresh && !idle_.empty()) {
    UpstreamConnection& connection = *idle_.back();
    idle_.pop_back();
    loop_.timers.disarm(connection);
    connection.phase_ = UpstreamConnection::Phase::Ready;
    connection.reused_ = true;
    connection.user_ = &user;
    loop_.traffic.upstreams_idle.subtract();
    loop_.traffic.upstreams_reused.add();
    return &connection;
  }
  auto made = std::make_unique<UpstreamConnection>(loop_, *this);
  UpstreamConnection& connection = *made;
  connection.serial_ = ++serials_;
  connection.user_ = &user;
  connections_.push_back(std::move(made));
  loop_.traffic.upstreams_made.add();
  loop_.traffic.upstreams_open.add();
  connection.start();
  return connection.phase_ == UpstreamConnection::Phase::Closed ? nullptr : &connection;
}

void UpstreamPool::release(UpstreamConnection& connection) {
  if (idle_.size() >= loop_.limits.idle_upstreams || connection.io.peer_closed() ||
      !connection.still_silent()) {
    discard(connection);
    return;
  }
  connection.user_ = nullptr;
  connection.phase_ = UpstreamConnection::Phase::Idle;
  connection.outbox.reset();
  loop_.timers.arm(connection, loop_.now + loop_.limits.upstream_idle_time);
  idle_.push_back(&connection);
  loop_.traffic.upstreams_idle.add();
}

void UpstreamPool::discard(UpstreamConnection& connection) {
  connection.phase_ = UpstreamConnection::Phase::Closed;
  connection.user_ = nullptr;
  connection.io.close();
  loop_.timers.disarm(connection);
  loop_.traffic.upstreams_idle.subtract(std::erase(idle_, &connection));
  const auto at = std::find_if(connections_.begin(), connections_.end(), [&](const auto& held) {
    return held.get() == &connection;
  });
  if (at == connections_.end()) return;
  loop_.bury(std::move(*at));
  connections_.erase(at);
  loop_.traffic.upstreams_open.subtract();
}

void UpstreamPool::close_idle() {
  while (!idle_.empty()) {
    idle_.back()->io.say_goodbye();
    discard(*idle_.back());
  }
}

UpstreamConnection* UpstreamPool::find(std::uint64_t serial) {
  for (const auto& connection : connections_) {
    if (connection->serial_ == serial) return connection.get();
  }
  return nullptr;
}

}  // namespace wayleave::net
