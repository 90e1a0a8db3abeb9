#include "app/set_up.hpp"

#include "access/audit.hpp"
#include "access/invitation.hpp"
#include "api/people.hpp"

namespace wayleave::app {

Result<std::string> make_set_up_link(Core& core) {
  auto work = [&core](db::Transaction& tx) -> Result<std::string> {
    const WorkspaceId workspace("default");
    WL_TRY(const bool members, access::Members::any(tx, workspace));
    if (members) return std::string();
    const Instant now = core.clock().now();
    WL_TRY(const auto made, access::Invitations::set_up(tx, workspace, core.random(), now));
    access::AuditRecord record;
    record.at = now;
    record.workspace = workspace;
    record.actor = {"system", {}, {}};
    record.action = "setup_link.made";
    WL_CHECK(access::append_audit(tx, record));
    return api::invitation_url(core.public_url(), made.token);
  };
  return core.database().write_blocking(std::move(work));
}

}  // namespace wayleave::app
