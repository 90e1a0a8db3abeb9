#include "net/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "base/text.hpp"
#include "base/thread.hpp"

namespace wayleave::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kThreadsMax = 4;
constexpr std::size_t kWaitingMax = 1'000;  ///< names waiting for a thread
constexpr std::size_t kAddressesMax = 16;   ///< kept of one answer

std::unexpected<Error> not_resolved(const std::string& host, std::string why) {
  return fail(ErrorKind::Retry,
              "host_not_resolved",
              "the host name " + host + " could not be resolved",
              std::move(why));
}

Result<Resolver::Addresses> ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (error != 0) return not_resolved(host, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  Resolver::Addresses addresses;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (at->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), at->ai_addr, at->ai_addrlen);
    endpoint.resize(at->ai_addrlen);
    addresses.push_back(endpoint.address());
  }
  return addresses;
}

}  // namespace

/// One mutex guards everything; it is never held while a look-up runs or `done` is called.
struct Resolver::Impl {
  using Done = std::function<void(Result<Addresses>)>;
  struct Answer {
    Addresses addresses;
    Tick expires;
  };

  Impl(const Clock& clock_in, Millis ttl_in, LookUp look_up_in)
      : clock(clock_in), ttl(ttl_in), look_up(std::move(look_up_in)) {}

  /// The kept answer, if it is still good.
  const Addresses* kept(const std::string& host) const {
    const auto at = answers.find(host);
    return at != answers.end() && clock.tick() < at->second.expires ? &at->second.addresses
                                                                    : nullptr;
  }

  void keep(const std::string& host, const Addresses& addresses) {
    const Tick now = clock.tick();
    if (answers.size() >= kNamesMax && !answers.contains(host)) {
      std::erase_if(answers, [&](const auto& item) { return item.second.expires <= now; });
      if (answers.size() >= kNamesMax) answers.erase(answers.begin());
    }
    answers[host] = {addresses, now + ttl};
  }

  /// Queues a look-up or joins the one under way; false when too many are waiting.
  bool enqueue(const std::string& host, Done done) {
    auto [at, first] = waiting.try_emplace(host);
    if (first && queue.size() >= kWaitingMax) {
      waiting.erase(at);
      return false;
    }
    at->second.push_back(std::move(done));
    if (!first) return true;
    queue.push_back(host);
    if (idle_threads < queue.size() && threads.size() < kThreadsMax && !start_thread()) {
      queue.pop_back();
      waiting.erase(host);
      return false;
    }
    wake.notify_one();
    return true;
  }

  /// False when the system gives no thread and there is none yet.
  bool start_thread() {
    try {
      threads.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      return !threads.empty();
    }
    return true;
  }

  void serve() {
    name_background_thread("resolver");
    std::unique_lock lock(mutex);
    while (true) {
      ++idle_threads;
      wake.wait(lock, [&] { return stopping || !queue.empty(); });
      --idle_threads;
      if (stopping) return;
      const std::string host = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      auto answer = look_up_bounded(host);
      lock.lock();
      if (answer) keep(host, *answer);
      const std::vector<Done> finished = std::move(waiting.extract(host).mapped());
      lock.unlock();
      for (const Done& done : finished) done(answer);
      lock.lock();
    }
  }

  Result<Addresses> look_up_bounded(const std::string& host) const {
    auto answer = look_up(host);
    if (answer && answer->empty()) return not_resolved(host, "the name has no address");
    if (answer && answer->size() > kAddressesMax) answer->resize(kAddressesMax);
    return answer;
  }

  const Clock& clock;
  const Millis ttl;
  const LookUp look_up;
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  std::size_t idle_threads = 0;
  std::map<std::string, Answer> answers;
  std::map<std::string, std::vector<Done>> waiting;  ///< queued or being looked up
  std::deque<std::string> queue;
  std::vector<std::jthread> threads;
};

Resolver::Resolver(const Clock& clock, Millis ttl, LookUp look_up)
    : impl_(std::make_unique<Impl>(clock, ttl, std::move(look_up))) {}

Resolver::~Resolver() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->threads.clear();  // joins
  for (const auto& [host, waiters] : impl_->waiting) {
    for (const auto& done : waiters) done(not_resolved(host, "the resolver stopped"));
  }
}

void Resolver::resolve(std::string host, std::function<void(Result<Addresses>)> done) {
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) return done(Addresses{literal});
  // A NUL would make the system look up another name than the one that was checked.
  if (host.empty() || has_control(host)) return done(not_resolved(host, "not a name"));
  std::optional<Result<Addresses>> now;
  {
    const std::lock_guard lock(impl_->mutex);
    if (const Addresses* kept = impl_->kept(host)) {
      now = *kept;
    } else if (!impl_->enqueue(host, done)) {
      now = fail(ErrorKind::Limit, "resolver_busy", "too many host names are being resolved");
    }
  }
  if (now) done(*std::move(now));
}

Task<Result<Resolver::Addresses>> Resolver::resolve(std::string host) {
  using Channel =
      asio::experimental::concurrent_channel<void(boost::system::error_code, Result<Addresses>)>;
  const auto executor = co_await asio::this_coro::executor;
  // Shared with the callback, which may come after this coroutine was cancelled.
  const auto channel = std::make_shared<Channel>(executor, 1);
  resolve(host, [channel](Result<Addresses> answer) {
    channel->try_send(boost::system::error_code{}, std::move(answer));
  });
  boost::system::error_code error;
  auto answer = co_await channel->async_receive(asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return not_resolved(host, error.message());
  co_return answer;
}

Resolver::LookUp Resolver::system_look_up() { return ask_system; }

}  // namespace wayleave::net
