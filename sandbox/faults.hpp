#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "net/message.hpp"

namespace wayleave::sandbox {

/// A rule of the control room: what goes wrong with requests whose path starts so.
struct Fault {
  enum class Drop {
    None,
    Before,  ///< nothing happens, no answer
    After,   ///< the effect happens, no answer
    Half,    ///< the effect happens, half of the answer is sent
  };
  using Header = std::pair<std::string, std::string>;

  std::string path;    ///< prefix
  std::string method;  ///< empty: any
  std::optional<int> status;
  std::vector<Header> headers;
  std::optional<std::string> body;
  Millis delay{0};        ///< before the effect
  Millis delay_after{0};  ///< between the effect and the answer
  Drop drop = Drop::None;
  bool effect = false;  ///< with `status`: the effect happens and only the answer lies
  std::uint64_t skip = 0;
  std::optional<std::uint64_t> times;
  double chance = 1.0;

  /// False when the call must not happen at all.
  [[nodiscard]] bool lets_through() const;
  /// Turns the true answer into the faulty one.
  void bend(net::Response& response, std::string_view correlation_id) const;
};

/// Rules in the order they were added; the first that fits is used.
class Faults {
 public:
  explicit Faults(std::uint64_t seed) : dice_(seed) {}
  /// False when there are kFaultsMax already.
  [[nodiscard]] bool add(Fault fault);
  void clear() { rules_.clear(); }
  /// The rule for that request, with one of its times used up.
  [[nodiscard]] std::optional<Fault> take(std::string_view method, std::string_view path);
  [[nodiscard]] const std::vector<Fault>& rules() const { return rules_; }

 private:
  std::vector<Fault> rules_;
  SeededRandom dice_;
};

}  // namespace wayleave::sandbox
