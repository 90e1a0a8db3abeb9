// OP-01: a process killed at any moment leaves a database that opens and holds all it acknowledged.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "db/sqlite/numbered_rows.hpp"
#include "db/temporary_database.hpp"

namespace wayleave::db::sqlite {
namespace {

/// crash_writer as a child process, its standard output on a pipe.
class Child {
 public:
  Child(const std::string& url, std::int64_t first) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    out_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = WAYLEAVE_CRASH_WRITER;
    std::string url_text = url;
    std::string first_text = std::to_string(first);
    std::array<char*, 4> arguments{program.data(), url_text.data(), first_text.data(), nullptr};
    const int failed =
        posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (failed != 0) throw std::runtime_error("posix_spawn");
  }
  ~Child() { ::close(out_); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Reads at least `bytes` more, or all there is until the child's end.
  void read(std::size_t bytes) {
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; got < bytes;) {
      const auto size = ::read(out_, buffer.data(), buffer.size());
      if (size <= 0) return;
      text_.append(buffer.data(), static_cast<std::size_t>(size));
      got += static_cast<std::size_t>(size);
    }
  }
  /// Kills; true when it was alive until then.
  bool kill() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }
  /// The numbers on whole lines.
  [[nodiscard]] std::set<std::int64_t> acknowledged() const {
    std::set<std::int64_t> numbers;
    std::string_view rest = text_;
    for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
      std::int64_t number = 0;
      std::from_chars(rest.data(), rest.data() + end, number);
      numbers.insert(number);
      rest.remove_prefix(end + 1);
    }
    return numbers;
  }

 private:
  pid_t pid_ = 0;
  int out_ = -1;
  std::string text_;
};

TEST(Crash, EveryAcknowledgedRowSurvivesKilling) {
  constexpr int rounds = 50;
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  SeededRandom chance(seed);
  TemporaryDatabase db({numbered_rows_schema}, {}, DatabaseKind::Sqlite);
  db.close();
  std::set<std::int64_t> acknowledged;
  std::int64_t first = 0;
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    Child child(db.url(), first);
    child.read(1 + chance.below(1'500));
    // Somewhere inside a batch, a sync or a checkpoint.
    volatile std::uint64_t spin = chance.below(2'000'000);
    while (spin > 0) spin = spin - 1;
    EXPECT_TRUE(child.kill()) << "the child ended by itself";
    child.read(SIZE_MAX);
    const auto written = child.acknowledged();
    EXPECT_FALSE(written.empty());
    acknowledged.insert(written.begin(), written.end());
    expect_sound(db.path(), acknowledged);
    db.reopen();
    first = *numbered_rows(*db)->rbegin() + 1;
    db.close();
  }
  std::cout << acknowledged.size() << " rows acknowledged in " << rounds << " rounds\n";
}

}  // namespace
}  // namespace wayleave::db::sqlite
