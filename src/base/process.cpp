#include "base/process.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>

#include "base/text.hpp"

namespace wayleave {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// `boot/namespace/`: within it process numbers mean the same.
std::string scope() {
  std::array<char, 64> target{};
  const auto size = ::readlink("/proc/self/ns/pid", target.data(), target.size());
  const std::string boot = first_line("/proc/sys/kernel/random/boot_id");
  if (size <= 0 || boot.empty()) return {};
  return boot + "/" + std::string(target.data(), static_cast<std::size_t>(size)) + "/";
}

/// When a process started, in ticks since boot; nullopt: there is none, or it has ended and waits
/// for its parent. Field 22 of proc_pid_stat(5), counted from behind the name, which may hold
/// anything.
std::optional<std::string> start_time(std::string_view pid) {
  constexpr int fields_after_name = 20;
  const std::string line = first_line("/proc/" + std::string(pid) + "/stat");
  std::size_t at = line.rfind(')');
  if (at == std::string::npos || line.compare(at, 4, ") Z ") == 0) return std::nullopt;
  for (int i = 0; i < fields_after_name && at != std::string::npos; ++i) {
    at = line.find(' ', at + 1);
  }
  if (at == std::string::npos) return std::nullopt;
  return line.substr(at + 1, line.find(' ', at + 1) - at - 1);
}

}  // namespace

std::string process_name() {
  const std::string where = scope();
  const std::string pid = std::to_string(::getpid());
  const auto started = start_time(pid);
  return where.empty() || !started ? std::string() : where + pid + "/" + *started;
}

bool process_has_ended(std::string_view name) {
  const std::string where = scope();
  if (where.empty() || !name.starts_with(where)) return false;
  name.remove_prefix(where.size());
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view pid = name.substr(0, slash);
  return parse_number<unsigned long>(pid) && start_time(pid) != name.substr(slash + 1);
}

}  // namespace wayleave
