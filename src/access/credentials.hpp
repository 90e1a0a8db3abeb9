#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::access {

/// A caller's key as presented: in the Authorization header only, never in the URL (AK-06). It may
/// be moved but not copied: the views may point into `storage`, which is wiped in the end.
struct Presented {
  Presented() = default;
  Presented(Presented&&) noexcept = default;
  Presented& operator=(Presented&&) noexcept = default;
  ~Presented();

  std::string_view key;     ///< view into the header (Bearer) or into `storage` (Basic)
  std::string_view key_id;  ///< Basic user name, else empty; must match the key's id
  std::string storage;      ///< decoded Basic credentials
};

/// Reads `Bearer KEY` or `Basic base64(keyId:KEY)`. nullopt for anything else, for a key whose
/// layout or checksum is wrong (AK-01), so that no look-up happens.
[[nodiscard]] std::optional<Presented> presented_key(std::string_view authorization);

}  // namespace wayleave::access
