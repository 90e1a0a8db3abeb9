#pragma once
// How `read` and `write` carry a typed result out of a driver thread. Included by database.hpp.

namespace wayleave::db {

template <class R, class F>
Task<R> Database::run(Access access, F work) {
  // Shared by the driver thread, which fills it, and this coroutine, which takes it.
  auto result = std::make_shared<std::optional<R>>();
  Work erased = [result, work = std::move(work)](Transaction& tx) mutable -> Result<> {
    result->emplace(work(tx));
    if (!**result) return std::unexpected((*result)->error());
    return {};
  };
  Result<> outcome = co_await perform(access, std::move(erased));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return std::move(**result);
}

template <class R, class F>
R Database::run_blocking(Access access, F work) {
  std::optional<R> result;
  Result<> outcome = perform_blocking(access, [&](Transaction& tx) -> Result<> {
    result.emplace(work(tx));
    if (!*result) return std::unexpected(result->error());
    return {};
  });
  if (!outcome) return std::unexpected(std::move(outcome).error());
  return *std::move(result);
}

}  // namespace wayleave::db
