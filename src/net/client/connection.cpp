#include "net/client/connection.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>

#include "net/tls.hpp"

namespace wayleave::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

bool is_silent(tcp::socket& socket) {
  char byte = 0;
  const auto got = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

tcp::socket& lowest(tcp::socket& socket) { return socket; }
tcp::socket& lowest(asio::ssl::stream<tcp::socket>& stream) { return stream.next_layer(); }

template <class Stream>
class StreamConnection final : public Connection {
 public:
  template <class... Args>
  explicit StreamConnection(Args&&... args) : stream(std::forward<Args>(args)...) {}

  Task<std::size_t> read(std::span<char> into, error_code& error) override {
    const auto buffer = asio::buffer(into.data(), into.size());
    co_return co_await stream.async_read_some(buffer,
                                              asio::redirect_error(asio::use_awaitable, error));
  }

  Task<> write(std::string_view bytes, error_code& error) override {
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    co_await asio::async_write(stream, buffer, asio::redirect_error(asio::use_awaitable, error));
  }

  bool silent() override { return is_silent(lowest(stream)); }

  Stream stream;
};

using PlainConnection = StreamConnection<tcp::socket>;
using TlsConnection = StreamConnection<asio::ssl::stream<tcp::socket>>;

tcp::endpoint to_asio(const Endpoint& endpoint) {
  if (endpoint.v6) return {asio::ip::address_v6(endpoint.bytes), endpoint.port};
  asio::ip::address_v4::bytes_type bytes{};
  std::copy_n(endpoint.bytes.begin(), bytes.size(), bytes.begin());
  return {asio::ip::address_v4(bytes), endpoint.port};
}

/// A failure that leaves hope for the next address, or one that does not.
struct Attempt {
  Dialled dialled;
  bool final = true;
};

Attempt not_connected(const Origin& origin, std::string why) {
  return {
      fail(ErrorKind::Retry, "connect_failed", "no connection to " + origin.str(), std::move(why)),
      false};
}

Task<Dialled> secure(tcp::socket socket, const Origin& origin, const TlsContext& tls) {
  auto ssl = tls.new_connection(origin.host);
  auto connection = std::make_unique<TlsConnection>(std::move(socket), ssl.release());
  error_code error;
  co_await connection->stream.async_handshake(asio::ssl::stream_base::client,
                                              asio::redirect_error(asio::use_awaitable, error));
  if (!error) co_return std::unique_ptr<Connection>(std::move(connection));
  const bool from_openssl = error.category() == asio::error::get_ssl_category();
  Error why = handshake_error(connection->stream.native_handle(),
                              from_openssl ? static_cast<unsigned long>(error.value()) : 0);
  why.detail = origin.str() + ": " + why.detail;
  if (!from_openssl) why.operator_detail = error.message();
  co_return std::unexpected(std::move(why));
}

/// References are to the caller's frame, which awaits.
Task<Attempt> attempt(const Dialling& dialling, const Endpoint& endpoint) {
  tcp::socket socket(dialling.executor);
  error_code error;
  co_await socket.async_connect(to_asio(endpoint),
                                asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return not_connected(dialling.origin, endpoint.str() + ": " + error.message());
  socket.set_option(tcp::no_delay(true), error);
  Attempt made;
  if (dialling.origin.tls) {
    made.dialled = co_await secure(std::move(socket), dialling.origin, *dialling.tls);
  } else {
    made.dialled = std::make_unique<PlainConnection>(std::move(socket));
  }
  co_return made;
}

Task<> wait(asio::steady_timer& timer) { co_await timer.async_wait(asio::use_awaitable); }

}  // namespace

Task<Dialled> dial(Dialling dialling) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  Attempt last = not_connected(dialling.origin, "no address");
  for (const Endpoint& endpoint : dialling.endpoints) {
    timer.expires_after(dialling.connect_time);
    Task<Attempt> work = attempt(dialling, endpoint);
    Task<> alarm = wait(timer);
    auto first = co_await (std::move(work) || std::move(alarm));
    last = first.index() == 0 ? std::get<0>(std::move(first))
                              : not_connected(dialling.origin, endpoint.str() + ": timeout");
    if (last.dialled || last.final) break;
  }
  co_return std::move(last.dialled);
}

}  // namespace wayleave::net
