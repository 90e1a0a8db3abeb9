#pragma once
// How `read` and `write` carry a typed result out of a driver thread. Included by database.hpp.

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <memory>

namespace wayleave::db {

template <class R, class F>
Task<R> Database::run(Access access, F work) {
  // Shared by the driver thread, which fills it, and this coroutine, which takes it.
  auto result = std::make_shared<std::optional<R>>();
  Work erased = [result, work = std::move(work)](Transaction& tx) mutable -> Result<> {
    *result = work(tx);
    if (!**result) return std::unexpected((*result)->error());
    return {};
  };
  auto start = [this, access, &erased](auto handler) {
    using Handler = decltype(handler);
    auto shared = std::make_shared<Handler>(std::move(handler));
    submit(access, std::move(erased), [shared](Result<> outcome) mutable {
      auto executor = boost::asio::get_associated_executor(*shared);
      boost::asio::dispatch(executor, [shared, outcome = std::move(outcome)]() mutable {
        (*shared)(std::move(outcome));
      });
    });
  };
  Result<> outcome =
      co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(Result<>)>(
          start, boost::asio::use_awaitable);
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return std::move(**result);
}

template <class R, class F>
R Database::run_blocking(Access access, F work) {
  std::optional<R> result;
  std::promise<Result<>> finished;
  submit(
      access,
      [&](Transaction& tx) -> Result<> {
        result = work(tx);
        if (!*result) return std::unexpected(result->error());
        return {};
      },
      [&](Result<> outcome) { finished.set_value(std::move(outcome)); });
  Result<> outcome = finished.get_future().get();
  if (!outcome) return std::unexpected(std::move(outcome).error());
  return std::move(*result);
}

}  // namespace wayleave::db
