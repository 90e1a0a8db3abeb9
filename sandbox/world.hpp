#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/apps.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/grants.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/limiter.hpp"
#include "sandbox/sandbox.hpp"

namespace wayleave::sandbox {

/// Everything the simulated service knows. Not synchronised: the front door holds its mutex while
/// an endpoint looks at it.
struct World {
  World(const Options& options, Instant born)
      : settings(options),
        accounts(options.seed, options.accounts, options.records, born),
        faults(options.seed) {}

  Options settings;
  Apps apps;
  Accounts accounts;
  Grants grants;
  Limiter limiter;
  Faults faults;
  Journal journal;
  Millis clock_offset{0};        ///< how far the control room moved the clock
  bool reset_requested = false;  ///< the front door makes a new world after this call

  [[nodiscard]] TokenRules token_rules() const {
    return {settings.access_token_ttl,
            settings.code_ttl,
            settings.rotation_grace,
            settings.rotate_refresh_tokens,
            settings.reuse_revokes_family,
            settings.uninstall_ends_access};
  }
};

}  // namespace wayleave::sandbox
