#pragma once

#include "base/result.hpp"
#include "vault/app.hpp"

namespace wayleave::vault {

inline constexpr std::size_t kScopesPerApp = 200;
inline constexpr std::size_t kReturnOriginsPerApp = 20;

/// `app` with the fields of `draft` that are present, each checked on its own; the first wrong one
/// is the error, by its JSON name. The secret is only checked: it is stored apart.
[[nodiscard]] Result<App> apply(App app, const AppDraft& draft);

/// A client secret fit to be sent: not empty, no control characters, no blank at either end.
[[nodiscard]] Result<> check_client_secret(const SecretString& secret);

/// True when the same app would send its secret or its connections' tokens to another address.
[[nodiscard]] bool moves_endpoints(const provider::Provider& from, const provider::Provider& to);

}  // namespace wayleave::vault
