#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "base/task.hpp"

namespace wayleave::app {

/// Runs a coroutine to its end on this thread, for callers that have no executor of their own
/// (command line, demo). An exception of the coroutine comes out here.
template <class T>
T run_blocking(Task<T> task) {
  boost::asio::io_context context(1);
  // Other threads (the database's) finish the awaited operations, so the context has to wait.
  auto guard = boost::asio::make_work_guard(context);
  std::optional<T> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
    failure = std::move(error);
    if (!failure) result = std::move(value);
    guard.reset();
    context.stop();
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace wayleave::app
