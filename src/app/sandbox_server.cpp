#include "app/sandbox_server.hpp"

#include "base/clock.hpp"
#include "base/random.hpp"
#include "net/server.hpp"

namespace wayleave::app {
namespace {

constexpr unsigned kSlowThreads = 2;
constexpr Millis kGrace{1'000};

}  // namespace

struct SandboxServer::Impl {
  Log& log;
  SystemClock clock;
  SystemRandom random;
  sandbox::Sandbox world;
  net::SlowExecutor slow{kSlowThreads};
  std::unique_ptr<net::Server> server;

  Impl(const sandbox::Options& options, Log& events) : log(events), world(options, clock, random) {}
};

SandboxServer::SandboxServer(const sandbox::Options& options, Log& log)
    : impl_(std::make_unique<Impl>(options, log)) {}

SandboxServer::~SandboxServer() { stop(); }

Result<std::string> SandboxServer::start(const ListenAddress& listen) {
  net::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  impl_->slow.start();
  impl_->server = std::make_unique<net::Server>(options,
                                                impl_->slow,
                                                net::UpstreamServices{},
                                                impl_->log,
                                                net::slow_routes(impl_->world.router()));
  WL_TRY(const auto port, impl_->server->start());
  return http_url(listen.address, port);
}

void SandboxServer::stop() {
  if (!impl_->server) return;
  impl_->server->stop(kGrace);
  impl_->server.reset();
  impl_->slow.stop(kGrace);
}

}  // namespace wayleave::app
