#include "net/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "net/client/connection.hpp"
#include "net/client/exchange.hpp"
#include "net/client/pool.hpp"
#include "net/client/prepared.hpp"
#include "net/egress.hpp"
#include "net/resolver.hpp"

namespace wayleave::net {
namespace {

namespace asio = boost::asio;

/// A request that must not be sent twice takes a pooled connection only when that was in use so
/// shortly ago that the peer has hardly given it up: its loss would leave the call's fate unknown.
constexpr Millis kSureIdle{1'000};

using Outcome = std::expected<Incoming, CallError>;

Task<> wait(asio::steady_timer& timer) { co_await timer.async_wait(asio::use_awaitable); }

class PooledClient final : public Client {
 public:
  PooledClient(const UpstreamServices& services, const Clock& clock)
      : services_(services), idle_(clock) {}

  Task<Outcome> call(Outgoing outgoing) override {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    // The call's parts (work, deadline) run one at a time even on a context of many threads.
    auto strand = asio::make_strand(executor);
    Task<Outcome> work = call_within_deadline(std::move(outgoing), executor);
    co_return co_await asio::co_spawn(strand, std::move(work), asio::use_awaitable);
  }

 private:
  Task<Outcome> call_within_deadline(Outgoing outgoing, asio::any_io_executor executor);
  Task<Outcome> call_guarded(const Prepared& request, asio::any_io_executor executor, bool& sent);
  Task<Result<Incoming>> attempts(const Prepared& request,
                                  asio::any_io_executor executor,
                                  bool& sent);
  Task<Dialled> connect(const Prepared& request, asio::any_io_executor executor);

  const UpstreamServices services_;
  const Limits limits_;
  IdlePool idle_;
};

CallError call_error(Error error, bool sent) {
  return {std::move(error), sent ? Reached::Maybe : Reached::Nothing};
}

Task<Outcome> PooledClient::call_within_deadline(Outgoing outgoing,
                                                 asio::any_io_executor executor) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor, outgoing.timeout);
  const auto request = prepare(std::move(outgoing));
  if (!request) co_return std::unexpected(call_error(request.error(), false));
  bool sent = false;
  Task<Outcome> work = call_guarded(*request, executor, sent);
  Task<> alarm = wait(timer);
  auto first = co_await (std::move(work) || std::move(alarm));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  Error error{.kind = ErrorKind::Retry,
              .code = "timeout",
              .detail = request->origin.str() + " did not answer in time"};
  co_return std::unexpected(call_error(std::move(error), sent));
}

/// Lets no exception out, for which the deadline would go on being waited for.
Task<Outcome> PooledClient::call_guarded(const Prepared& request,
                                         asio::any_io_executor executor,
                                         bool& sent) {
  Error error;
  try {
    auto result = co_await attempts(request, executor, sent);
    if (result) co_return *std::move(result);
    error = std::move(result).error();
  } catch (const std::exception& exception) {
    error = internal(exception.what()).error();
  }
  co_return std::unexpected(call_error(std::move(error), sent));
}

Task<Result<Incoming>> PooledClient::attempts(const Prepared& request,
                                              asio::any_io_executor executor,
                                              bool& sent) {
  WL_CO_CHECK(services_.egress->check_origin(request.origin));
  const Millis idle_max = request.idempotent ? IdlePool::kIdleTime : kSureIdle;
  auto connection = idle_.take(request.origin, idle_max);
  while (true) {
    const bool reused = connection != nullptr;
    if (!reused) {
      WL_CO_TRY(connection, co_await connect(request, executor));
    }
    auto result = co_await exchange(*connection, request, limits_, sent);
    if (result) {
      if (result->reusable) idle_.put(request.origin, std::move(connection));
      co_return std::move(result->incoming);
    }
    // A pooled connection that gives nothing was stale; only once, and only where twice is as once.
    const bool again = reused && result.error().nothing_came && request.idempotent;
    if (!again) co_return std::unexpected(std::move(result).error().error);
    connection.reset();
  }
}

Task<Dialled> PooledClient::connect(const Prepared& request, asio::any_io_executor executor) {
  WL_CO_TRY(const auto addresses, co_await services_.resolver->resolve(request.origin.host));
  WL_CO_TRY(auto endpoints, services_.egress->admit(request.origin, addresses));
  Dialling dialling{.origin = request.origin,
                    .endpoints = std::move(endpoints),
                    .tls = services_.tls,
                    .executor = std::move(executor),
                    .connect_time = limits_.connect_time};
  co_return co_await dial(std::move(dialling));
}

}  // namespace

std::unique_ptr<Client> make_client(const UpstreamServices& services) {
  static const SystemClock clock;  // without state
  return make_client(services, clock);
}

std::unique_ptr<Client> make_client(const UpstreamServices& services, const Clock& clock) {
  return std::make_unique<PooledClient>(services, clock);
}

}  // namespace wayleave::net
