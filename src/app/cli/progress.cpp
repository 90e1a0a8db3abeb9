#include "app/cli/progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ostream>

namespace wayleave::app::cli {
namespace {

constexpr std::int64_t kWidth = 30;

}  // namespace

Progress::~Progress() {
  if (!drawn_.empty()) context_.err << "\r" << std::string(drawn_.size(), ' ') << "\r";
}

void Progress::show(std::int64_t done, std::int64_t all) {
  if (!context_.err_is_terminal) return;
  std::string line = fmt::format("{}: {}", what_, done);
  if (all > 0) {
    const std::int64_t part = std::clamp<std::int64_t>(done, 0, all);
    const auto filled = static_cast<std::size_t>(kWidth * part / all);
    line =
        fmt::format("{} [{:<{}}] {:3}%", what_, std::string(filled, '#'), kWidth, 100 * part / all);
  }
  if (line == drawn_) return;
  drawn_ = std::move(line);
  context_.err << "\r" << drawn_ << std::flush;
}

}  // namespace wayleave::app::cli
