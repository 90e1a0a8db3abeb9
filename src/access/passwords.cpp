#include "access/passwords.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.hpp"
#include "base/thread.hpp"
#include "crypto/password.hpp"

namespace wayleave::access {
namespace {

namespace asio = boost::asio;

void name_this_thread() {
  thread_local const bool named = [] {
    name_background_thread("passwords");
    return true;
  }();
  (void)named;
}

Task<Result<std::string>> hash_here(SecretString password) {
  name_this_thread();
  co_return crypto::hash_password(password);
}

Task<bool> verify_here(SecretString password, std::string stored) {
  name_this_thread();
  const bool decoy = stored.empty();
  if (decoy) stored = crypto::password_decoy();
  co_return crypto::verify_password(stored, password) && !decoy;
}

/// A place in the queue.
class Place {
 public:
  Place(std::atomic<int>& taken, int most) : taken_(taken), got_(++taken <= most) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { --taken_; }
  [[nodiscard]] bool got() const { return got_; }

 private:
  std::atomic<int>& taken_;
  bool got_;
};

Error busy() {
  return {ErrorKind::Limit, "rate_limited", "too many sign-ins at once; try again in a moment"};
}

}  // namespace

Result<> check_new_password(const SecretString& password, std::string_view email) {
  if (password.size() < kPasswordMin || password.size() > kPasswordMax) {
    return reject("password", "password: take 12 to 1024 bytes; a few words make a good one");
  }
  const bool weak = password.expose([&](std::string_view plain) {
    const bool one_character = plain.find_first_not_of(plain.front()) == std::string_view::npos;
    return one_character || iequals(plain, email);
  });
  if (weak) {
    return reject("password",
                  "password: neither your e-mail address nor one character over and over");
  }
  return {};
}

struct Passwords::Impl {
  explicit Impl(const Limits& wanted) : limits(wanted), pool(wanted.threads) {}
  Limits limits;
  std::atomic<int> queued = 0;
  asio::thread_pool pool;
};

Passwords::Passwords(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}

Passwords::~Passwords() { impl_->pool.join(); }

Task<Result<std::string>> Passwords::hash(SecretString password) {
  const Place place(impl_->queued, impl_->limits.queued_max);
  if (!place.got()) co_return std::unexpected(busy());
  auto work = hash_here(std::move(password));
  co_return co_await asio::co_spawn(
      impl_->pool.get_executor(), std::move(work), asio::use_awaitable);
}

Task<Result<bool>> Passwords::verify(SecretString password, std::string stored) {
  const Place place(impl_->queued, impl_->limits.queued_max);
  if (!place.got()) co_return std::unexpected(busy());
  auto work = verify_here(std::move(password), std::move(stored));
  co_return co_await asio::co_spawn(
      impl_->pool.get_executor(), std::move(work), asio::use_awaitable);
}

}  // namespace wayleave::access
