#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::access {

/// What members decide about their workspace.
struct WorkspaceSettings {
  std::string company_name;   ///< empty: none given
  bool require_totp = false;  ///< whoever signs in by password needs a second factor
};
[[nodiscard]] Result<WorkspaceSettings> load_settings(db::Transaction& tx,
                                                      const WorkspaceId& workspace);
/// `companyName` has at most 100 bytes.
[[nodiscard]] Result<> store_settings(db::Transaction& tx,
                                      const WorkspaceId& workspace,
                                      const WorkspaceSettings& settings,
                                      Instant now);

}  // namespace wayleave::access
