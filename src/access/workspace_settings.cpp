#include "access/workspace_settings.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kCompanyNameMax = 100;

}  // namespace

Result<WorkspaceSettings> load_settings(db::Transaction& tx, const WorkspaceId& workspace) {
  WL_TRY(const auto rows,
         tx.query("SELECT name, value FROM workspace_setting WHERE workspace = $1", {workspace}));
  WorkspaceSettings settings;
  for (const auto& row : rows) {
    if (row[0].text() == "company_name") settings.company_name = row[1].text();
    if (row[0].text() == "require_totp") settings.require_totp = row[1].text() == "true";
  }
  return settings;
}

Result<> store_settings(db::Transaction& tx,
                        const WorkspaceId& workspace,
                        const WorkspaceSettings& settings,
                        Instant now) {
  const std::string& company = settings.company_name;
  if (company.size() > kCompanyNameMax || has_control(company) || !is_utf8(company)) {
    return reject("companyName",
                  "companyName: at most 100 bytes of text without control characters");
  }
  const std::array<std::pair<std::string, std::string>, 2> values{
      {{"company_name", company}, {"require_totp", settings.require_totp ? "true" : "false"}}};
  for (const auto& [name, value] : values) {
    WL_CHECK(tx.execute(
        "INSERT INTO workspace_setting (workspace, name, value, updated_at) VALUES ($1, $2, $3, "
        "$4) ON CONFLICT (workspace, name) DO UPDATE SET value = excluded.value, updated_at = "
        "excluded.updated_at",
        {workspace, name, value, now}));
  }
  return {};
}

}  // namespace wayleave::access
