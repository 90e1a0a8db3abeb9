#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/role.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace wayleave::access {

/// A person of the workspace. Password and second factor are not part of it: they are asked for
/// where they are needed.
struct Member {
  MemberId id;
  WorkspaceId workspace;
  std::string email;  ///< as written; compared without case
  std::string name;
  Role role = Role::Viewer;
  bool has_password = false;
  bool totp = false;  ///< a second factor is confirmed
  bool sso = false;   ///< linked to an identity at the OpenID provider
  Instant created_at;
  std::optional<Instant> joined_at;  ///< accepted the invitation or came by single sign-on
  std::optional<Instant> disabled_at;
  std::optional<Instant> last_sign_in_at;

  enum class State { Invited, Active, Disabled };
  [[nodiscard]] State state() const {
    if (disabled_at) return State::Disabled;
    return joined_at ? State::Active : State::Invited;
  }
};
[[nodiscard]] std::string_view to_string(Member::State state);

struct MemberChange {
  std::optional<Role> role = {};
  std::optional<std::string> name = {};
  std::optional<bool> disabled = {};
};

/// The identity of a member at an OpenID provider.
struct Identity {
  std::string issuer;
  std::string subject;
};

/// E-mail addresses of at most 254 bytes that have a name, an `@` and a host, and nothing that
/// could end a line.
[[nodiscard]] Result<> check_email(std::string_view email);
/// 1 to 100 bytes of text.
[[nodiscard]] Result<> check_member_name(std::string_view name);

/// Members in the database; static functions over a transaction. The last active super admin cannot
/// be demoted, disabled or removed (`conflict`): nobody could undo it.
class Members {
 public:
  [[nodiscard]] static Result<bool> any(db::Transaction& tx, const WorkspaceId& workspace);
  /// Somebody invited; `conflict` when the address is a member's.
  [[nodiscard]] static Result<Member> create(db::Transaction& tx,
                                             const WorkspaceId& workspace,
                                             std::string_view email,
                                             std::string_view name,
                                             Role role,
                                             Random& random,
                                             Instant now);
  /// `not_found` when there is none.
  [[nodiscard]] static Result<Member> get(db::Transaction& tx,
                                          const WorkspaceId& workspace,
                                          const MemberId& id);
  [[nodiscard]] static Result<std::optional<Member>> find_by_email(db::Transaction& tx,
                                                                   const WorkspaceId& workspace,
                                                                   std::string_view email);
  [[nodiscard]] static Result<std::optional<Member>> find_by_identity(db::Transaction& tx,
                                                                      const WorkspaceId& workspace,
                                                                      const Identity& identity);
  /// By address, after `after_email`.
  [[nodiscard]] static Result<std::vector<Member>> list(db::Transaction& tx,
                                                        const WorkspaceId& workspace,
                                                        std::string_view after_email,
                                                        int limit);
  /// The member as it is now. Whoever is disabled or gets another role loses the tokens issued for
  /// the console; disabled members also their sessions.
  [[nodiscard]] static Result<Member> change(db::Transaction& tx,
                                             const Member& member,
                                             const MemberChange& change,
                                             Instant now);
  /// With sessions, invitations, second factor and recovery codes.
  [[nodiscard]] static Result<> remove(db::Transaction& tx, const Member& member, Instant now);

  /// The stored hash; empty when there is none.
  [[nodiscard]] static Result<std::string> password(db::Transaction& tx, const MemberId& id);
  [[nodiscard]] static Result<> set_password(db::Transaction& tx,
                                             const MemberId& id,
                                             const std::string& hash);
  [[nodiscard]] static Result<> join(db::Transaction& tx,
                                     const MemberId& id,
                                     std::string_view name,
                                     Instant now);
  [[nodiscard]] static Result<> link(db::Transaction& tx,
                                     const MemberId& id,
                                     const Identity& identity);
  [[nodiscard]] static Result<> note_sign_in(db::Transaction& tx, const MemberId& id, Instant now);
};

}  // namespace wayleave::access
