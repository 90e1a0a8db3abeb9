#include "db/testing/postgres_server.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "base/text.hpp"

namespace wayleave::db::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto longest_start = 60s;

/// The newest PostgreSQL that Debian has installed.
fs::path programs() {
  fs::path newest;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const fs::path bin = version.path() / "bin";
    if (fs::exists(bin / "postgres") && bin > newest) newest = bin;
  }
  if (newest.empty()) {
    throw std::runtime_error(
        "PostgreSQL is not installed (/usr/lib/postgresql); run script/bootstrap");
  }
  return newest;
}

/// PostgreSQL refuses to run as root.
std::optional<passwd> other_user() {
  if (::geteuid() != 0) return std::nullopt;
  const passwd* found = ::getpwnam("postgres");
  if (found == nullptr) throw std::runtime_error("there is no user `postgres`");
  return *found;
}

/// Starts a program that ends when this one does; its output goes to `log`.
pid_t spawn(const std::vector<std::string>& command, const fs::path& log, const fs::path& folder) {
  const auto user = other_user();
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (user && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  if (::getppid() != parent || ::chdir(folder.c_str()) != 0) ::_exit(126);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path make_folder() {
  std::string pattern = (fs::temp_directory_path() / "wayleave-pg-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  if (const auto user = other_user()) {
    if (::chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("chown failed");
    }
  }
  return pattern;
}

}  // namespace

PostgresServer::PostgresServer(std::string settings) : folder_(make_folder()) {
  const fs::path data = folder_ / "data";
  const pid_t making = spawn({(programs() / "initdb").string(),
                              "--pgdata=" + data.string(),
                              "--username=postgres",
                              "--auth=trust",
                              "--encoding=UTF8",
                              "--locale=C.UTF-8",
                              "--no-sync"},
                             folder_ / "log",
                             folder_);
  int status = 0;
  ::waitpid(making, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + log());
  std::ofstream(data / "postgresql.conf", std::ios::app)
      << "listen_addresses = ''\nunix_socket_directories = '" << folder_.string() << "'\n"
      << "max_connections = 200\n"
      << settings;
  start();
}

PostgresServer::~PostgresServer() {
  if (pid_ > 0) end(SIGINT);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgres://postgres@" + percent_encode(folder_.string()) + "/" + database;
}

void PostgresServer::start() {
  std::error_code none;
  fs::remove(folder_ / "data/postmaster.pid", none);
  pid_ = spawn({(programs() / "postgres").string(), "-D", (folder_ / "data").string()},
               folder_ / "log",
               folder_);
  const auto last = std::chrono::steady_clock::now() + longest_start;
  while (!ready()) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_ || std::chrono::steady_clock::now() > last) {
      throw std::runtime_error("PostgreSQL does not start: " + log());
    }
    std::this_thread::sleep_for(10ms);
  }
}

bool PostgresServer::ready() const {
  // The last line of the file says so (miscadmin.h, LOCK_FILE_LINE_PM_STATUS).
  return text_of(folder_ / "data/postmaster.pid").contains("\nready");
}

std::string PostgresServer::log() const { return text_of(folder_ / "log"); }

void PostgresServer::end(int signal) {
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PostgresServer::stop() { end(SIGINT); }
void PostgresServer::crash() { end(SIGQUIT); }

void PostgresServer::signal_sessions(int signal) const {
  // Sessions are children of the server.
  const fs::path children =
      "/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children";
  std::ifstream list(children);
  for (pid_t child = 0; list >> child;) ::kill(child, signal);
}

void PostgresServer::freeze() {
  ::kill(pid_, SIGSTOP);
  signal_sessions(SIGSTOP);
}

void PostgresServer::thaw() {
  signal_sessions(SIGCONT);
  ::kill(pid_, SIGCONT);
}

std::string shared_postgres_url() {
  if (const char* given = ::getenv("WAYLEAVE_TEST_POSTGRES"); given != nullptr) return given;
  static const PostgresServer server;
  return server.url();
}

std::string postgres_command(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace wayleave::db::testing
