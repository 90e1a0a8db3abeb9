#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "net/handler.hpp"
#include "sandbox/endpoint.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {

/// An endpoint under one of its paths.
struct Way {
  const Endpoint* endpoint = nullptr;
  std::string pattern;  ///< as in the reference, `{ver}` filled in
  std::string version;  ///< "v3", "2026-09"; empty for paths without
};

/// Where every request comes in: finds the endpoint, applies faults, checks credentials and limits,
/// writes the journal. Endpoints run one at a time under the mutex. Any thread may serve.
class FrontDoor : public std::enable_shared_from_this<FrontDoor> {
 public:
  FrontDoor(const Options& options, const Clock& clock, Random& random);

  /// The router the server needs; it keeps this object alive.
  [[nodiscard]] std::shared_ptr<const net::Router> router();

 private:
  /// What one request waits for and suffers.
  struct Admission {
    std::string correlation_id;
    std::optional<Fault> fault;
  };

  static Task<net::Response> dispatch(std::shared_ptr<FrontDoor> self, net::Request request);
  static Task<net::Response> serve(std::shared_ptr<FrontDoor> self,
                                   const Way* way,
                                   net::Request request);
  void build_ways();
  Admission admit(const Way& way, const net::Request& request);
  net::Response run(const Way& way, net::Request& request, const std::string& correlation_id);
  net::Response finish(const Way& way,
                       const net::Request& request,
                       const Admission& admission,
                       net::Response response);
  net::Response unknown_path(const net::Request& request, std::string_view allow);
  [[nodiscard]] Instant now() const { return clock_.now() + world_->clock_offset; }

  const Options options_;
  const Clock& clock_;
  Random& random_;
  std::vector<std::unique_ptr<Way>> ways_;
  net::Router known_;  // every endpoint; unknown paths are answered here
  const Way unknown_;
  std::mutex mutex_;
  std::unique_ptr<World> world_;  // never null; guarded by mutex_
};

}  // namespace wayleave::sandbox
