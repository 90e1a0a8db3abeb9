#pragma once

#include <string>

#include "access/api_key.hpp"
#include "base/result.hpp"

namespace wayleave::api {

/// A caller may only give what it has itself, else `manage` would be every scope.
[[nodiscard]] Result<> check_within(const access::Scopes& wanted, const access::Scopes& own);

/// What the audit trail keeps of a key.
[[nodiscard]] std::string key_facts(const access::ApiKey& key);

/// A new key in its only appearance; `old` is the one that it takes the place of, if any.
[[nodiscard]] std::string created_json(const access::NewApiKey& created,
                                       const access::ApiKey* old = nullptr);

}  // namespace wayleave::api
