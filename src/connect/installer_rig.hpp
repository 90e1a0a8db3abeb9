#pragma once
// For tests: an installer over a real database and vault, with a provider made of memory.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connect/installer.hpp"
#include "net/client.hpp"
#include "provider/catalogue.hpp"

namespace wayleave::connect {

/// Answers token requests as it is told and remembers them. Any thread may call.
class FakeProvider final : public net::Client {
 public:
  using Answer = std::expected<net::Incoming, net::CallError>;

  [[nodiscard]] Task<Answer> call(net::Outgoing outgoing) override;
  /// The forms of all requests so far.
  [[nodiscard]] std::vector<FormFields> asked() const;
  void answer_with(int status, std::string json);
  void break_down();
  /// From now on no request is answered before that many are waiting.
  void answer_together(std::size_t count);

 private:
  [[nodiscard]] Task<> wait_for_the_others();

  mutable std::mutex mutex_;
  std::size_t together_ = 1;
  std::vector<std::function<void()>> waiting_;
  std::vector<FormFields> asked_;
  Answer answer_;
};

[[nodiscard]] std::string field(const FormFields& fields, std::string_view name);
/// The token in the address of a hosted page.
[[nodiscard]] std::string token_of(const Link& link);
/// The error of a call that must fail; an empty one when it did not.
template <class T>
[[nodiscard]] Error error_in(const Result<T>& result) {
  return result ? Error{} : result.error();
}
/// The query of a URL.
[[nodiscard]] FormFields query_of(std::string_view url);

using Ended = std::expected<Connected, NotConnected>;

/// App `acme-app` (id in `app`) of provider `acme`, in workspace `default`.
class Rig {
 public:
  explicit Rig(vault::BrowserBinding binding = vault::BrowserBinding::Optional);
  ~Rig();

  template <class T>
  T run(Task<T> task) {
    boost::asio::io_context context;
    auto future = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
    context.run();
    return future.get();
  }

  /// Whether a step must succeed is said by a failed expectation of the running test.
  [[nodiscard]] std::string begin(Invitation invitation);
  [[nodiscard]] std::string begin() { return begin(invitation()); }
  [[nodiscard]] Link link(Invitation invitation);
  [[nodiscard]] Link link() { return link(invitation()); }
  [[nodiscard]] Ended come_back(Callback callback);

  [[nodiscard]] Invitation invitation(std::string user = "user-1") const;
  /// A callback as the provider's redirect would bring it.
  [[nodiscard]] Callback callback(const std::string& authorize_url,
                                  FormFields more = {{"code", "the-code"}}) const;
  [[nodiscard]] std::optional<vault::Connection> connection(const std::string& user = "user-1");
  [[nodiscard]] std::vector<std::string> audit_actions();
  /// The only column of every row.
  [[nodiscard]] std::vector<std::string> texts(const std::string& sql);
  void change_app(vault::AppDraft draft);
  void remove_app();
  /// All bytes of the database's files.
  [[nodiscard]] std::string files() const;

  FakeClock clock;
  FakeProvider provider;
  vault::App app;
  [[nodiscard]] Installer& installer();
  [[nodiscard]] db::Database& database();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace wayleave::connect
