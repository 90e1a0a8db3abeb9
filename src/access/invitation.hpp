#pragma once

#include <chrono>
#include <string>

#include "access/member.hpp"
#include "base/secret.hpp"

namespace wayleave::access {

inline constexpr std::chrono::hours kSetUpLife{24};
inline constexpr std::chrono::hours kInvitationLife{7 * 24};

/// The right to become a member, or to set a member's password anew. Whoever has the token has it,
/// once; it is stored as a digest. The set-up link is the one that names no member: it makes the
/// first, a super admin (AD-02).
struct Invitation {
  WorkspaceId workspace;
  MemberId member;  ///< empty: the first member
  Role role = Role::Viewer;
  Instant expires_at;
};
struct NewInvitation {
  Invitation invitation;
  SecretString token;  ///< shown once
};

class Invitations {
 public:
  /// For a workspace without members. Several may be open (each server that starts prints one).
  [[nodiscard]] static Result<NewInvitation> set_up(db::Transaction& tx,
                                                    const WorkspaceId& workspace,
                                                    Random& random,
                                                    Instant now);
  /// Replaces the member's earlier one.
  [[nodiscard]] static Result<NewInvitation> invite(db::Transaction& tx,
                                                    const Member& member,
                                                    Random& random,
                                                    Instant now);
  /// One refusal (`not_found`) for what is unknown, used or expired.
  [[nodiscard]] static Result<Invitation> find(db::Transaction& tx,
                                               const SecretString& token,
                                               Instant now);
  /// Spends it; for the first member also every other set-up link.
  [[nodiscard]] static Result<> spend(db::Transaction& tx,
                                      const Invitation& invitation,
                                      const SecretString& token);
};

}  // namespace wayleave::access
