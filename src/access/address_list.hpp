#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wayleave::access {

/// The addresses from which a key may be used: networks such as `10.0.0.0/8` and `2001:db8::/32`.
/// An empty list allows every address. IPv4 written as IPv6 (`::ffff:10.0.0.1`) counts as IPv4;
/// a network of the one kind holds no address of the other.
class AddressList {
 public:
  static constexpr std::size_t kEntriesMax = 100;

  AddressList() = default;
  /// An address without a prefix means itself. The error names what is wrong with which.
  [[nodiscard]] static Result<AddressList> parse(const std::vector<std::string>& networks);
  /// What `stored` gave. Of anything else comes a list that allows nothing.
  [[nodiscard]] static AddressList from_stored(std::string_view text);
  [[nodiscard]] std::string stored() const;

  [[nodiscard]] bool empty() const { return networks_.empty(); }
  /// False also for what is no address.
  [[nodiscard]] bool allows(std::string_view address) const;
  /// In their usual spelling, `10.0.0.1/32`.
  [[nodiscard]] std::vector<std::string> texts() const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;
  struct Network {
    Bytes first{};      ///< IPv4 as `::ffff:a.b.c.d`
    unsigned bits = 0;  ///< of the sixteen bytes
    bool v4 = false;
  };
  [[nodiscard]] static Result<Network> parse_one(std::string_view text);
  std::vector<Network> networks_;
};

}  // namespace wayleave::access
