#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "db/postgres/address.hpp"

struct pg_conn;
struct pg_result;

namespace wayleave::db::postgres {

struct ClearResult {
  void operator()(pg_result* held) const;
};
using ResultHandle = std::unique_ptr<pg_result, ClearResult>;

/// A connection of libpq that never blocks for longer than a deadline: a server that hangs, or a
/// network that drops packets, costs a thread that long and no longer. (The look-up of a host's
/// name has the resolver's own limits.) One thread at a time.
class Wire {
 public:
  /// Connects and logs in. `code` of an error is `database_unavailable`; kind Retry when trying
  /// again may help, Reject when somebody has to do something.
  [[nodiscard]] static Result<Wire> connect(const Address& address, Tick deadline);

  /// Calls of PQsend... and PQpipelineSync give 0 on failure.
  [[nodiscard]] pg_conn* handle() const { return held_.get(); }
  /// Sends what libpq has buffered.
  [[nodiscard]] Result<> flush(Tick deadline);
  /// The next result; null at the end of a command, as PQgetResult has it.
  [[nodiscard]] Result<ResultHandle> next(Tick deadline);
  /// Reads what has arrived without waiting; false when the connection is gone.
  [[nodiscard]] bool read_arrived();
  /// Nothing can be sent or received any more.
  [[nodiscard]] bool lost() const { return lost_; }
  /// Never to be used again; says why.
  Error lose(std::string why);
  [[nodiscard]] int socket() const;
  /// TLS is in use.
  [[nodiscard]] bool encrypted() const;

 private:
  struct Finish {
    void operator()(pg_conn* held) const;
  };
  explicit Wire(pg_conn* held) : held_(held) {}
  [[nodiscard]] std::string message() const;
  [[nodiscard]] Error connect_error(const Address& address) const;

  std::unique_ptr<pg_conn, Finish> held_;
  bool lost_ = false;
};

}  // namespace wayleave::db::postgres
