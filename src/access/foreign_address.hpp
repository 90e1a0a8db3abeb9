#pragma once

#include <string>

#include "access/api_key.hpp"
#include "access/audit.hpp"

namespace wayleave::access {

/// The refusal of a key that is used from where it may not be (AK-05). Whoever holds the key may
/// know why: it is live.
[[nodiscard]] Error foreign_address(std::string_view peer);
/// What is recorded of it, once a minute for each key and address (KeyWatch::is_news).
[[nodiscard]] AuditRecord foreign_address_record(const ApiKey& key, std::string peer, Instant now);

}  // namespace wayleave::access
