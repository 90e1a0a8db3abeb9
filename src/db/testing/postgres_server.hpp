#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace wayleave::db::testing {

/// A PostgreSQL server of Debian's package with a folder of its own, reached through a socket in
/// it; ends with the program. Started by root it runs as `postgres`. Throws what went wrong.
class PostgresServer {
 public:
  /// Makes the cluster and starts the server. `settings` are lines of postgresql.conf.
  explicit PostgresServer(std::string settings = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  [[nodiscard]] std::string url(const std::string& database = "postgres") const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  void start();
  /// SIGINT: tells sessions to end, as a restart for maintenance does.
  void stop();
  /// SIGQUIT: as a crash of the server, but for its memory.
  void crash();
  /// The server and all its sessions stand still, or go on.
  void freeze();
  void thaw();

 private:
  void end(int signal);
  void signal_sessions(int signal) const;
  [[nodiscard]] bool ready() const;
  [[nodiscard]] std::string log() const;

  std::filesystem::path folder_;
  pid_t pid_ = -1;
};

/// The URL in WAYLEAVE_TEST_POSTGRES, or of a server that is started now for this program.
[[nodiscard]] std::string shared_postgres_url();

/// One SQL text on a server, for what tests do behind the driver's back. Throws what went wrong;
/// gives the first column of the first row, or nothing.
std::string postgres_command(const std::string& url, const std::string& sql);

}  // namespace wayleave::db::testing
