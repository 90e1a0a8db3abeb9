#include "access/workspace_settings.hpp"
#include "api/json_writer.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"

namespace wayleave::api {
namespace {

std::string settings_json(const access::WorkspaceSettings& settings) {
  return JsonWriter()
      .text("companyName", settings.company_name)
      .boolean("requireTotp", settings.require_totp)
      .str();
}

Task<Result<net::Response>> show_settings(Call call) {
  auto work = [workspace = call.caller.workspace](db::Transaction& tx) {
    return access::load_settings(tx, workspace);
  };
  WL_CO_TRY(const auto settings, co_await call.parts.database.read(std::move(work)));
  co_return net::json_response(200, settings_json(settings));
}

struct Change {
  std::optional<std::string> company_name;
  std::optional<bool> require_totp;
};

Task<Result<net::Response>> change_settings(Call call) {
  WL_CO_TRY(auto in, read_json(call.request));
  Change change;
  change.company_name = in.text("companyName");
  change.require_totp = in.boolean("requireTotp");
  WL_CO_CHECK(in.finish());
  auto work = [workspace = call.caller.workspace,
               change,
               now = call.parts.clock.now(),
               record = audit_record(call, "settings.changed", "")](
                  db::Transaction& tx) mutable -> Result<std::string> {
    WL_TRY(const auto before, access::load_settings(tx, workspace));
    access::WorkspaceSettings after = before;
    if (change.company_name) after.company_name = *change.company_name;
    if (change.require_totp) after.require_totp = *change.require_totp;
    WL_CHECK(access::store_settings(tx, workspace, after, now));
    record.detail = access::change_detail(settings_json(before), settings_json(after));
    WL_CHECK(access::append_audit(tx, record));
    return settings_json(after);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, std::move(body));
}

}  // namespace

void add_settings_routes(net::Router& router, const Parts& parts) {
  using access::Scope;
  router.add({"GET", "/v1/settings", guarded(parts, Scope::Manage, show_settings)});
  router.add(
      {"PATCH", "/v1/settings", guarded(parts, Scope::Manage, change_settings), kJsonBodyMax});
}

}  // namespace wayleave::api
