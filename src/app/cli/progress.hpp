#pragma once

#include <cstdint>
#include <string>

#include "app/cli/context.hpp"

namespace wayleave::app::cli {

/// A bar on standard error while long work goes on; silent when that is no terminal.
class Progress {
 public:
  /// `context` outlives it.
  Progress(Context& context, std::string what) : context_(context), what_(std::move(what)) {}
  /// Removes the bar.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Draws when there is something new to see. `all` of 0: not known.
  void show(std::int64_t done, std::int64_t all);

 private:
  Context& context_;
  std::string what_;
  std::string drawn_;
};

}  // namespace wayleave::app::cli
