#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "vault/app.hpp"

// The table `app`, nothing but SQL. Change notes and checks belong to `Apps`.
namespace wayleave::vault::app_table {

[[nodiscard]] Result<> insert(db::Transaction& tx, const App& app, std::string sealed_secret);
/// Where the version is still `app.version - 1`; `conflict` otherwise.
[[nodiscard]] Result<> update(db::Transaction& tx, const App& app, std::string sealed_secret);
[[nodiscard]] Result<> remove(db::Transaction& tx, const AppId& id);
[[nodiscard]] Result<std::optional<App>> by_slug(db::Transaction& tx,
                                                 const WorkspaceId& workspace,
                                                 std::string_view slug);
[[nodiscard]] Result<std::optional<App>> by_id(db::Transaction& tx, const AppId& id);
[[nodiscard]] Result<std::vector<App>> page(db::Transaction& tx,
                                            const WorkspaceId& workspace,
                                            std::string_view after_slug,
                                            int limit);
/// The sealed secret of that version; empty when the version moved on.
[[nodiscard]] Result<std::string> sealed_secret(db::Transaction& tx, const App& app);
/// Users of the app's connections.
[[nodiscard]] Result<std::vector<std::string>> users(db::Transaction& tx, const AppId& id);
[[nodiscard]] Result<bool> has_connections(db::Transaction& tx, const AppId& id);

}  // namespace wayleave::vault::app_table
