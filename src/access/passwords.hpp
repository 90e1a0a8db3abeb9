#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"

namespace wayleave::access {

/// Shortest and longest password in bytes.
inline constexpr std::size_t kPasswordMin = 12;
inline constexpr std::size_t kPasswordMax = 1024;

/// Whether somebody may take this password: 12 to 1,024 bytes, not one character over and over, not
/// their own e-mail address.
[[nodiscard]] Result<> check_new_password(const SecretString& password, std::string_view email);

/// Hashes passwords on a few threads of its own, which give way to the data plane, with a bounded
/// queue: who asks beyond it gets `rate_limited` at once, so that sign-ins cannot take all memory
/// and processors (DS-09). Any coroutine may call and goes on where it was; executors of callers
/// must outlive this.
class Passwords {
 public:
  struct Limits {
    unsigned threads = 2;  ///< each holds crypto::password_memory_bytes while it works
    int queued_max = 32;   ///< asked for and not answered yet
  };
  Passwords() : Passwords(Limits()) {}
  explicit Passwords(const Limits& limits);
  ~Passwords();  ///< finishes what was asked for

  [[nodiscard]] Task<Result<std::string>> hash(SecretString password);
  /// `stored` may be empty (nobody, or nobody with a password): it takes as long and is false.
  [[nodiscard]] Task<Result<bool>> verify(SecretString password, std::string stored);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::access
