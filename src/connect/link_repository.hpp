#pragma once

#include <optional>
#include <string_view>

#include "connect/flow.hpp"
#include "db/database.hpp"

/// Install links in the database. Free functions over the caller's transaction.
namespace wayleave::connect {

[[nodiscard]] Result<> insert_link(db::Transaction& tx, const StoredLink& link);
[[nodiscard]] Result<std::optional<StoredLink>> find_link_by_token(db::Transaction& tx,
                                                                   std::string_view token_digest);
[[nodiscard]] Result<std::optional<StoredLink>> find_link(db::Transaction& tx, const LinkId& id);
/// True for the one connection that uses the link up; false when another did before.
[[nodiscard]] Result<bool> use_link(db::Transaction& tx, const LinkId& id, Instant now);
/// Links that can still be followed, counted up to kOpenLinksMax.
[[nodiscard]] Result<std::int64_t> count_open_links(db::Transaction& tx, Instant now);
/// Removes a bounded number of links that expired long ago.
[[nodiscard]] Result<> trim_links(db::Transaction& tx, Instant now);

/// `gone` when the link was used or has expired at `now`.
[[nodiscard]] Result<> check_link_open(const StoredLink& link, Instant now);

}  // namespace wayleave::connect
