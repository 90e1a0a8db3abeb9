#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::access {

/// Who did something: a key, a member, the command line, or the gateway itself.
struct Actor {
  std::string kind;  ///< `key`, `member`, `cli`, `system`, `browser`
  std::string id;
  std::string address;    ///< peer address, empty for cli and system
  std::string name = {};  ///< a key's name, a member's e-mail address; empty for the others
};

/// One line of the audit trail (LG-02). No secrets; `detail` is a JSON object.
struct AuditRecord {
  std::int64_t sequence = 0;
  Instant at;
  WorkspaceId workspace;
  Actor actor;
  std::string action;  ///< area and what happened: `key.created`, `token.revealed` …
  std::string target;
  std::string detail = "{}";
  std::string hash = {};  ///< 32 bytes (audit_chain.hpp); empty in one older than the chain
};

/// The `detail` of a change: what was and what is, each a JSON object in which secrets are blanked.
[[nodiscard]] std::string change_detail(std::string_view before, std::string_view after);

/// The same with what else there is to say, a JSON object.
[[nodiscard]] std::string change_detail(std::string_view before,
                                        std::string_view after,
                                        std::string_view more);

/// Appends in the caller's transaction, so that an effect is never without its record (LG-03), and
/// links it to the record before (LG-04). `sequence` and `hash` are given here.
[[nodiscard]] Result<> append_audit(db::Transaction& tx, const AuditRecord& record);

/// Where a record stands in a list: newest first, by time and then by number.
struct AuditPlace {
  Instant at;
  std::int64_t sequence = 0;
};

struct AuditFilter {
  std::optional<std::string> action;  ///< `key.created`, or with a dot at its end a whole area
  std::optional<std::string> actor;   ///< id, name or kind
  std::optional<std::string> target;
  std::optional<std::string> text;  ///< somewhere in any of a record's texts, in any case
  std::optional<Instant> since;
  std::optional<Instant> until;  ///< before it
  std::optional<AuditPlace> before;
  int limit = 50;
};

/// A page may hold fewer than asked for and still have a next one: a search looks at so many
/// records (`kAuditLooksMax`) and no more at once.
struct AuditPage {
  std::vector<AuditRecord> records;
  std::optional<AuditPlace> next;  ///< the `before` of the next page; none after the last record
};
inline constexpr std::int64_t kAuditLooksMax = 20'000;

/// Newest first.
[[nodiscard]] Result<AuditPage> list_audit(db::Transaction& tx,
                                           const WorkspaceId& workspace,
                                           const AuditFilter& filter);

}  // namespace wayleave::access
