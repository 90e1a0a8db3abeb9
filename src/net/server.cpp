#include "net/server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <cstring>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "net/worker/worker.hpp"

namespace wayleave::net {
namespace {

constexpr int kBacklog = 4096;
constexpr std::size_t kWorkerNameDigits = 8;

/// A socket address, ready for bind.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Result<Address> make_address(const std::string& text, std::uint16_t port) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(text, error);
  if (error) return reject("listen", fmt::format("'{}' is no IP address", text));
  Address address;
  if (parsed.is_v6()) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    const auto bytes = parsed.to_v6().to_bytes();
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    address.size = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    const auto bytes = parsed.to_v4().to_bytes();
    std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
    address.size = sizeof v4;
  }
  return address;
}

bool enable(int fd, int option) {
  const int on = 1;
  return ::setsockopt(fd, SOL_SOCKET, option, &on, sizeof on) == 0;
}

std::unexpected<Error> cannot_listen(const std::string& address, std::uint16_t port, int error) {
  return reject(
      "listen",
      fmt::format("cannot listen on {} port {}: {}", address, port, std::strerror(error)));
}

Result<int> listen_on(const std::string& text, std::uint16_t port) {
  WL_TRY(const Address address, make_address(text, port));
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && enable(fd, SO_REUSEADDR) && enable(fd, SO_REUSEPORT) &&
      ::bind(fd, address.get(), address.size) == 0 && ::listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int error = errno;
  if (fd >= 0) ::close(fd);
  return cannot_listen(text, port, error);
}

/// With SO_REUSEPORT a second server on the same port would silently share its connections, so the
/// port is first taken without it.
Result<> check_free(const std::string& text, std::uint16_t port) {
  WL_TRY(const Address address, make_address(text, port));
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool free =
      fd >= 0 && enable(fd, SO_REUSEADDR) && ::bind(fd, address.get(), address.size) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  return free ? Result<>() : cannot_listen(text, port, error);
}

std::uint16_t port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  return ntohs(storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

}  // namespace

struct Server::Impl {
  ServerOptions options;
  SlowExecutor& slow;
  UpstreamServices services;
  Log& log;
  MakeDispatcher make_dispatcher;
  std::vector<std::unique_ptr<Worker>> workers;
};

Server::Server(ServerOptions options,
               SlowExecutor& slow,
               const UpstreamServices& services,
               Log& log,
               MakeDispatcher dispatchers)
    : impl_(std::make_unique<Impl>(
          std::move(options), slow, services, log, std::move(dispatchers))) {}

Server::~Server() { stop(Millis{0}); }

Result<std::uint16_t> Server::start() {
  const ServerOptions& options = impl_->options;
  WL_CHECK(check_free(options.address, options.port));
  SystemRandom random;
  std::uint16_t port = options.port;
  for (unsigned i = 0; i < options.workers; ++i) {
    WL_TRY(const int listener, listen_on(options.address, port));
    if (port == 0) port = port_of(listener);
    auto poller = Poller::create();
    if (!poller) {
      ::close(listener);
      return std::unexpected(std::move(poller).error());
    }
    auto worker = std::make_unique<Worker>(*std::move(poller),
                                           listener,
                                           random_base62(random, kWorkerNameDigits),
                                           options.limits,
                                           impl_->services,
                                           impl_->slow,
                                           impl_->log);
    worker->set_client_tls(options.tls);
    worker->set_dispatcher(impl_->make_dispatcher(*worker));
    impl_->workers.push_back(std::move(worker));
  }
  for (auto& worker : impl_->workers) worker->start();
  return port;
}

void Server::retire() {
  for (auto& worker : impl_->workers) worker->request_retire();
}

void Server::stop(Millis grace) {
  for (auto& worker : impl_->workers) worker->request_stop(grace);
  for (auto& worker : impl_->workers) worker->join();
}

TrafficTotals Server::traffic() const {
  TrafficTotals totals;
  for (const auto& worker : impl_->workers) worker->add_traffic(totals);
  return totals;
}

}  // namespace wayleave::net
