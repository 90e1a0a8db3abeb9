#include "db/postgres/wire.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "base/text.hpp"
#include "db/postgres/error.hpp"

namespace wayleave::db::postgres {
namespace {

/// False when the deadline passed first.
bool wait_for(int socket, short events, Tick deadline) {
  while (true) {
    const auto left = std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{.fd = socket, .events = events, .revents = 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::min<Millis::rep>(left.count(), 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

void ignore_notice(void*, const pg_result*) {}

pg_conn* start(const Address& address) {
  return address.url().expose([](std::string_view url) {
    // What stands before `dbname` the URL may change; what stands after it, it may not. A server
    // that went away without a word is noticed after ten seconds.
    const std::array keywords{"keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "target_session_attrs",
                              "application_name",
                              "dbname",
                              "client_encoding",
                              static_cast<const char*>(nullptr)};
    const std::array values{"5",
                            "2",
                            "3",
                            "10000",
                            "read-write",
                            "wayleave",
                            url.data(),
                            "UTF8",
                            static_cast<const char*>(nullptr)};
    return PQconnectStartParams(keywords.data(), values.data(), 1);
  });
}

}  // namespace

void ClearResult::operator()(pg_result* held) const { PQclear(held); }
void Wire::Finish::operator()(pg_conn* held) const { PQfinish(held); }

int Wire::socket() const { return PQsocket(held_.get()); }

bool Wire::encrypted() const { return PQsslInUse(held_.get()) != 0; }

std::string Wire::message() const { return std::string(trim(PQerrorMessage(held_.get()))); }

Result<Wire> Wire::connect(const Address& address, Tick deadline) {
  Wire wire(start(address));
  if (!wire.held_) return std::unexpected(unreachable("out of memory", "PQconnectStart"));
  PQsetNoticeReceiver(wire.handle(), ignore_notice, nullptr);
  PQsetErrorVerbosity(wire.handle(), PQERRORS_VERBOSE);  // the only way to an SQLSTATE here
  if (PQstatus(wire.handle()) == CONNECTION_BAD)
    return std::unexpected(wire.connect_error(address));
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return std::unexpected(wire.connect_error(address));
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for(wire.socket(), events, deadline)) {
      return std::unexpected(unreachable(
          "database: PostgreSQL at " + address.place() + " does not answer", wire.message()));
    }
    state = PQconnectPoll(wire.handle());
  }
  PQsetErrorVerbosity(wire.handle(), PQERRORS_DEFAULT);
  if (PQsetnonblocking(wire.handle(), 1) != 0 || PQenterPipelineMode(wire.handle()) != 1) {
    return std::unexpected(wire.lose("pipeline mode: " + wire.message()));
  }
  return wire;
}

Error Wire::connect_error(const Address& address) const {
  const std::string said = message();
  const std::string state = sqlstate_in(said);
  const auto rejected = [&](std::string detail) {
    return Error{ErrorKind::Reject, "database_unavailable", "database: " + std::move(detail), said};
  };
  if (state == "3D000") {
    return rejected("there is no database \"" + address.database() + "\" at " + address.place() +
                    "; make it with `createdb --encoding=UTF8 --template=template0 " +
                    address.database() + "`");
  }
  if (state.starts_with("28")) {
    return rejected("PostgreSQL at " + address.place() +
                    " refuses this user or password; check both, and the server's pg_hba.conf");
  }
  if (said.contains("certificate") || said.contains("SSL")) {
    return rejected("no trusted TLS connection to PostgreSQL at " + address.place() +
                    "; check sslmode and sslrootcert in the URL and the server's certificate");
  }
  if (!state.empty()) {
    Error error = error_of(state, said, {});
    error.detail = "database: PostgreSQL at " + address.place() + ": " + error.detail;
    return error;
  }
  return unreachable("database: cannot reach PostgreSQL at " + address.place() +
                         "; is it running, and is the address right?",
                     said);
}

Error Wire::lose(std::string why) {
  lost_ = true;
  return unreachable("the connection to the database was lost; try again", std::move(why));
}

Result<> Wire::flush(Tick deadline) {
  while (!lost_) {
    const int left = PQflush(handle());
    if (left == 0) return {};
    if (left < 0) return std::unexpected(lose(message()));
    // The server may be waiting for us to read before it reads on.
    if (!wait_for(socket(), POLLIN | POLLOUT, deadline)) {
      return std::unexpected(lose("sending took too long"));
    }
    if (PQconsumeInput(handle()) == 0) return std::unexpected(lose(message()));
  }
  return std::unexpected(lose("used after it was lost"));
}

Result<ResultHandle> Wire::next(Tick deadline) {
  while (!lost_ && PQisBusy(handle()) != 0) {
    if (!wait_for(socket(), POLLIN, deadline)) {
      return std::unexpected(lose("the server did not answer in time"));
    }
    if (PQconsumeInput(handle()) == 0) return std::unexpected(lose(message()));
  }
  if (lost_) return std::unexpected(lose("used after it was lost"));
  return ResultHandle(PQgetResult(handle()));
}

bool Wire::read_arrived() {
  if (lost_) return false;
  if (PQconsumeInput(handle()) == 0 || PQstatus(handle()) == CONNECTION_BAD) {
    (void)lose(message());
    return false;
  }
  return true;
}

}  // namespace wayleave::db::postgres
