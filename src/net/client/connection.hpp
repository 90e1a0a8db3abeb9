#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/task.hpp"
#include "net/limits.hpp"
#include "net/upstream.hpp"

namespace wayleave::net {

/// One connection of the client, with or without TLS. One coroutine uses it at a time.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Up to `into.size()` bytes; `asio::error::eof` at a lawful end (for TLS: after close_notify).
  virtual Task<std::size_t> read(std::span<char> into, boost::system::error_code& error) = 0;
  virtual Task<> write(std::string_view bytes, boost::system::error_code& error) = 0;
  /// Open, and nothing has come that nobody asked for (HT-21).
  [[nodiscard]] virtual bool silent() = 0;
};

struct Dialling {
  Origin origin;
  std::vector<Endpoint> endpoints;  ///< as the egress guard admitted them
  const TlsContext* tls = nullptr;
  boost::asio::any_io_executor executor;  ///< the connection outlives the coroutine that dials it
  Millis connect_time{};                  ///< for TCP and TLS together, per address
};
using Dialled = Result<std::unique_ptr<Connection>>;

/// Connects to the first address that answers and makes TLS when the origin wants it. A failed
/// handshake is final: another address of the same name will not be believed either.
[[nodiscard]] Task<Dialled> dial(Dialling dialling);

}  // namespace wayleave::net
