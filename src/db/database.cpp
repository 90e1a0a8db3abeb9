#include "db/database.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <utility>

#include "db/postgres/database.hpp"
#include "db/sqlite/database.hpp"

namespace wayleave::db {

Result<std::optional<Row>> Transaction::query_one(std::string_view sql, std::vector<Value> params) {
  WL_TRY(Rows rows, query(sql, std::move(params)));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

Task<Result<>> Database::perform(Access access, Work work) {
  auto start = [this, access, &work](auto handler) {
    submit(access, std::move(work), [handler = std::move(handler)](Result<> outcome) mutable {
      // Posted, never called from here: this may still be the thread that submitted.
      const auto executor = boost::asio::get_associated_executor(handler);
      boost::asio::post(executor,
                        [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
                          std::move(handler)(std::move(outcome));
                        });
    });
  };
  using Token = boost::asio::use_awaitable_t<>;
  Token token;
  co_return co_await boost::asio::async_initiate<Token, void(Result<>)>(start, token);
}

Result<> Database::perform_blocking(Access access, Work work) {
  std::promise<Result<>> finished;
  auto outcome = finished.get_future();
  submit(access, std::move(work), [finished = std::move(finished)](Result<> result) mutable {
    finished.set_value(std::move(result));
  });
  return outcome.get();
}

Result<std::unique_ptr<Database>> open(const std::string& url, OpenOptions options) {
  constexpr std::string_view sqlite_scheme = "sqlite:";
  if (url.starts_with(sqlite_scheme)) {
    return sqlite::open(url.substr(sqlite_scheme.size()), options);
  }
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    return postgres::open(url, options);
  }
  // The URL is not repeated: it may hold a password.
  return reject("database",
                "a database URL begins with `sqlite:` (a path follows) or `postgres://`");
}

}  // namespace wayleave::db
