#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connect/appearance.hpp"
#include "connect/grants.hpp"

namespace wayleave::connect {

/// What a page at the end of a trip knows besides how it came out. Empty members: not known, or
/// not for this browser.
struct Scene {
  std::string provider_name;
  std::string app_slug;
  std::shared_ptr<const Appearance> appearance;  ///< shared by the copies of a scene; may be null
  std::string language;                          ///< asked for by name when the trip began
  std::string provider_text;                     ///< the provider's own words (OA-11)
  std::vector<Permission> missing;               ///< asked for and not given
  std::string back_url;                          ///< where the customer goes on to
  std::string repeat_id;         ///< of a result that this browser may try again from
  std::string authorize_origin;  ///< where trying again leads
  /// The window that opened this one may be told: its origin, checked when the trip began, and for
  /// whom it was.
  std::string opener;
  std::string user;
};

}  // namespace wayleave::connect
