#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace wayleave::oauth {

/// The secrets that one request tells its endpoint, so that they can be blotted out of the answer:
/// a server may repeat in an error what it was sent (LG-01).
class Confidential {
 public:
  /// Also as it stands percent-encoded and inside a JSON string.
  void add(std::string_view secret);
  /// The text without any of them.
  [[nodiscard]] std::string blot(std::string_view text) const;

 private:
  void keep(std::string_view form);
  std::vector<SecretString> forms_;  ///< the longest first: one may hold another
};

}  // namespace wayleave::oauth
