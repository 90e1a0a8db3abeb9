#include "net/worker/worker.hpp"
#include "base/thread.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cerrno>
#include <exception>

namespace wayleave::net {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr int kTurnMs = 100;
constexpr Millis kAcceptPause{200};

std::string peer_text(const sockaddr_storage& from) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (from.ss_family == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(from);
    ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
  } else {
    const auto& address = reinterpret_cast<const sockaddr_in&>(from);
    ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  }
  return text.data();
}

/// Runs a job to its end, whatever happens to the session that waits for it; what escapes is logged
/// here and shows as a missing job (OP-10).
Task<> run_job(std::unique_ptr<Job> job,
               std::move_only_function<void(std::unique_ptr<Job>)> done,
               Log* log) {
  try {
    co_await job->run();
  } catch (const std::exception& error) {
    log->error("job.failed", {{"error", error.what()}});
    job.reset();
  }
  done(std::move(job));
}

}  // namespace

Worker::Worker(Poller poller,
               int listener,
               std::string name,
               const Limits& limits,
               const UpstreamServices& services,
               SlowExecutor& slow,
               Log& log)
    : loop_(std::move(poller), limits, services, log),
      listener_(listener),
      name_(std::move(name)),
      slow_(slow),
      request_ids_("req_" + name_) {}

Worker::~Worker() {
  join();
  loop_.mailbox->close();
  sessions_.clear();
  if (listener_ >= 0) ::close(listener_);
}

void Worker::start() {
  thread_ = std::thread([this] { run(); });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  name_thread("worker");
  if (!loop_.poller.watch_level(loop_.mailbox->fd(), *loop_.mailbox) ||
      !loop_.poller.watch_level(listener_, *this)) {
    loop_.log.error("worker.not_started", {{"worker", name_}});
    return;
  }
  const SystemClock clock;
  while (!stopping_ || (!sessions_.empty() && loop_.now < stop_by_)) {
    loop_.poller.wait(kTurnMs, [&] {
      loop_.now = clock.tick();
      loop_.mailbox->deliver();
    });
    loop_.timers.advance(loop_.now);
    if (accept_again_at_ && loop_.now >= *accept_again_at_ && listener_ >= 0) {
      accept_again_at_.reset();
      if (!loop_.poller.watch_level(listener_, *this)) accept_again_at_ = loop_.now + kAcceptPause;
    }
    loop_.graveyard.clear();
  }
  for (auto& [serial, session] : std::exchange(sessions_, {})) {
    session->close();
    loop_.bury(std::move(session));
  }
  for (auto& [key, pool] : pools_) pool->close_idle();
  loop_.graveyard.clear();
  loop_.mailbox->close();
}

void Worker::on_events(std::uint32_t) {
  if (listener_ < 0) return;  // stopped in this very turn
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int fd = ::accept4(
        listener_, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      accept_one(fd, peer_text(from));
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      // Out of descriptors or memory: the connections wait in the backlog until some are free. The
      // level-triggered listener would spin, so it is left alone for a moment (DS-10).
      loop_.log.warn("worker.accept_failed", {{"errno", errno}});
      loop_.poller.unwatch(listener_);
      accept_again_at_ = loop_.now + kAcceptPause;
    }
    return;
  }
}

void Worker::accept_one(int fd, std::string peer) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (sessions_.size() >= loop_.limits.connections) {
    static constexpr std::string_view full =
        "HTTP/1.1 503 Service Unavailable\r\nWayleave-Error: unavailable\r\nRetry-After: 1\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n";
    if (loop_.client_tls == nullptr) {  // a handshake only to say no would cost what there is not
      [[maybe_unused]] const auto sent = ::send(fd, full.data(), full.size(), MSG_NOSIGNAL);
    }
    ::close(fd);
    loop_.traffic.clients_refused.add();
    return;
  }
  const std::uint64_t serial = ++serials_;
  auto session = std::make_unique<Session>(loop_, *this, fd, std::move(peer), serial);
  Session& started = *session;
  sessions_.emplace(serial, std::move(session));
  loop_.traffic.clients_accepted.add();
  loop_.traffic.clients_open.set(sessions_.size());
  started.start();
}

void Worker::remove(Session& session) {
  const auto at = sessions_.find(session.serial());
  if (at == sessions_.end()) return;  // the worker is ending and owns it elsewhere
  loop_.bury(std::move(at->second));
  sessions_.erase(at);
  loop_.traffic.clients_open.set(sessions_.size());
}

void Worker::park(Session& session, std::unique_ptr<Job> job) {
  loop_.traffic.parked.add();
  std::move_only_function<void(std::unique_ptr<Job>)> done =
      [this,
       mailbox = loop_.mailbox,
       serial = session.serial(),
       number = session.exchange_number()](std::unique_ptr<Job> back) mutable {
        mailbox->post([this, serial, number, back = std::move(back)]() mutable {
          loop_.traffic.parked.subtract();
          const auto at = sessions_.find(serial);
          if (at != sessions_.end()) at->second->resumed(number, std::move(back));
        });
      };
  boost::asio::co_spawn(
      slow_.context(), run_job(std::move(job), std::move(done), &loop_.log), boost::asio::detached);
}

void Worker::later(Session& session) {
  loop_.mailbox->post([this, serial = session.serial()] {
    const auto at = sessions_.find(serial);
    if (at != sessions_.end()) at->second->proceed();
  });
}

UpstreamPool& Worker::pool(const std::string& workspace, const Origin& origin) {
  auto& pool = pools_[{workspace, origin}];
  if (!pool) pool = std::make_unique<UpstreamPool>(loop_, origin);
  return *pool;
}

void Worker::add_traffic(TrafficTotals& totals) const {
  totals.add(loop_.traffic);
  totals.mailed += loop_.mailbox->size();
}

void Worker::request_retire() {
  loop_.mailbox->post([this] { retiring_ = true; });
}

void Worker::request_stop(Millis grace) {
  loop_.mailbox->post([this, grace] { begin_stop(grace); });
}

void Worker::begin_stop(Millis grace) {
  if (stopping_) return;
  stopping_ = true;
  retiring_ = true;
  stop_by_ = loop_.now + grace;
  loop_.poller.unwatch(listener_);
  ::close(std::exchange(listener_, -1));
  std::vector<Session*> open;
  for (auto& [serial, session] : sessions_) open.push_back(session.get());
  for (Session* session : open) session->wind_down();
}

}  // namespace wayleave::net
