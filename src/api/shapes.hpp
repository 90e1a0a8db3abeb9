#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/api_key.hpp"
#include "access/audit.hpp"
#include "api/json_writer.hpp"
#include "connect/appearance.hpp"
#include "gateway/request_usage.hpp"
#include "provider/provider.hpp"
#include "vault/app.hpp"
#include "vault/connection.hpp"

namespace wayleave::api {

/// The JSON of each resource as api/openapi.yaml describes it. None holds a secret.
/// @param appearance  left out when null: lists are without, since a logo is large
[[nodiscard]] std::string app_json(const vault::App& app,
                                   std::string_view public_url,
                                   const connect::Appearance* appearance = nullptr);
/// What other tables know of a connection.
struct ConnectionActivity {
  std::optional<Instant> last_call;     ///< as far as the request log goes back
  std::optional<Instant> next_refresh;  ///< planned without anybody asking
};
/// As the request log knows it.
[[nodiscard]] gateway::LoggedConnection logged(const vault::Connection& connection,
                                               const vault::App& app);
void write_connection(JsonWriter& out,
                      const vault::Connection& connection,
                      const vault::App& app,
                      const ConnectionActivity& activity);
[[nodiscard]] std::string key_json(const access::ApiKey& key);
[[nodiscard]] std::string audit_json(const access::AuditRecord& record);
[[nodiscard]] std::string provider_json(const provider::Provider& provider);

[[nodiscard]] std::string_view to_string(vault::BrowserBinding binding);
[[nodiscard]] std::string_view to_string(provider::AuthKind kind);
[[nodiscard]] std::string_view to_string(provider::PkceUse use);

}  // namespace wayleave::api
