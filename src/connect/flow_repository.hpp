#pragma once

#include <optional>
#include <string_view>

#include "connect/flow.hpp"
#include "connect/outcome.hpp"
#include "db/database.hpp"

/// Flows in the database. Free functions over the caller's transaction.
namespace wayleave::connect {

[[nodiscard]] Result<> insert_flow(db::Transaction& tx, const Flow& flow);
[[nodiscard]] Result<std::optional<Flow>> find_flow_by_state(db::Transaction& tx,
                                                             std::string_view state_digest);
[[nodiscard]] Result<std::optional<Flow>> find_flow(db::Transaction& tx, std::string_view id);

/// Takes the flow for this callback; of any number of simultaneous ones exactly one gets true
/// (OA-03). The sealed verifier is erased with it.
[[nodiscard]] Result<bool> consume_flow(db::Transaction& tx,
                                        std::string_view state_digest,
                                        Instant now);
[[nodiscard]] Result<> set_flow_outcome(db::Transaction& tx,
                                        std::string_view id,
                                        Outcome outcome,
                                        const std::vector<std::string>& missing = {});
/// The last flow that was begun with that link's button; nullopt: nobody has pressed it.
[[nodiscard]] Result<std::optional<Flow>> find_last_flow(db::Transaction& tx, const LinkId& link);

/// Open flows, counted up to kOpenFlowsMax.
[[nodiscard]] Result<std::int64_t> count_open_flows(db::Transaction& tx, Instant now);
/// Makes room for one more open flow of that link.
[[nodiscard]] Result<> trim_flows_of_link(db::Transaction& tx, const LinkId& link, Instant now);
/// Removes a bounded number of flows that ended long ago.
[[nodiscard]] Result<> trim_flows(db::Transaction& tx, Instant now);

}  // namespace wayleave::connect
