#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "base/task.hpp"

namespace wayleave::app {

/// Runs coroutines to their end, one after the other, for callers that have no executor of their
/// own (command line, demo). What keeps connections between calls (net::Client) must always be used
/// from the same loop and die before it. Belongs to one thread.
class Loop {
 public:
  /// An exception of the coroutine comes out here.
  template <class T>
  T run(Task<T> task) {
    context_.restart();
    // Other threads (the database's) finish the awaited operations, so the context has to wait.
    auto guard = boost::asio::make_work_guard(context_);
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(context_, std::move(task), [&](std::exception_ptr error, T value) {
      failure = std::move(error);
      if (!failure) result = std::move(value);
      context_.stop();
    });
    context_.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }

 private:
  boost::asio::io_context context_{1};
};

}  // namespace wayleave::app
