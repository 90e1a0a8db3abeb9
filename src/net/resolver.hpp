#pragma once

#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/task.hpp"

namespace wayleave::net {

/// Names to addresses (A and AAAA), by the system's resolver on its own small thread pool, so that
/// neither workers nor coroutines block. Answers are kept `ttl` long, failures not at all; at most
/// `kNamesMax` names. Literal addresses answer at once. Any thread may call.
class Resolver {
 public:
  using Addresses = std::vector<boost::asio::ip::address>;
  using LookUp = std::function<Result<Addresses>(const std::string& host)>;
  static constexpr std::size_t kNamesMax = 10'000;

  /// `look_up` blocks; tests give their own. Construction starts no thread.
  Resolver(const Clock& clock, Millis ttl, LookUp look_up = system_look_up());
  ~Resolver();

  /// The caller's executor has to outlive the resolver, whose threads answer through it.
  [[nodiscard]] Task<Result<Addresses>> resolve(std::string host);
  /// For workers: `done` is called once, on this thread at once or later on a pool thread.
  void resolve(std::string host, std::function<void(Result<Addresses>)> done);
  [[nodiscard]] static LookUp system_look_up();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wayleave::net
