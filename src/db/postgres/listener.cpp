#include "db/postgres/listener.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/thread.hpp"
#include "db/postgres/link.hpp"
#include "db/postgres/sessions.hpp"

namespace wayleave::db::postgres {
namespace {

constexpr Millis forever{3'600'000};

/// Takes what was announced; false when nothing was.
bool take_notifications(pg_conn* handle) {
  bool any = false;
  while (PGnotify* notification = PQnotifies(handle)) {
    PQfreemem(notification);
    any = true;
  }
  return any;
}

}  // namespace

Listener::Listener(const Address& address, const Timeouts& timeouts, std::function<void()> heard)
    : address_(address),
      timeouts_(timeouts),
      heard_(std::move(heard)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // Without it the thread could not be ended; then there is none, as without a connection.
  if (stop_ >= 0) thread_ = std::thread([this] { loop(); });
}

Listener::~Listener() {
  if (stop_ < 0) return;
  const std::uint64_t one = 1;
  (void)!::write(stop_, &one, sizeof one);
  thread_.join();
  ::close(stop_);
}

bool Listener::wait(int socket, Millis time) {
  std::array<pollfd, 2> waiting{pollfd{.fd = stop_, .events = POLLIN, .revents = 0},
                                pollfd{.fd = socket, .events = POLLIN, .revents = 0}};
  (void)::poll(waiting.data(), waiting.size(), static_cast<int>(time.count()));
  return (waiting[0].revents & POLLIN) == 0;
}

void Listener::loop() {
  name_background_thread("db-listen");
  Millis pause = Link::first_pause;
  do {
    const auto connection = Connection::open(address_, timeouts_);
    if (connection && (*connection)->control(std::string("LISTEN ") + change_channel)) {
      pause = Link::first_pause;
      listen(**connection);
    } else {
      pause = std::min(2 * pause, Link::longest_pause);
    }
  } while (wait(-1, pause));
}

void Listener::listen(Connection& connection) {
  heard_();
  Wire& wire = connection.wire();
  while (wait(wire.socket(), forever) && wire.read_arrived()) {
    if (take_notifications(wire.handle())) heard_();
  }
}

}  // namespace wayleave::db::postgres
