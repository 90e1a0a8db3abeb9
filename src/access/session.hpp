#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "access/member.hpp"
#include "base/secret.hpp"

namespace wayleave::access {

inline constexpr std::chrono::hours kSessionIdle{2};
inline constexpr std::chrono::hours kSessionLife{12};
inline constexpr std::chrono::minutes kConfirmedFor{5};
/// How often a session that is used is noted as used.
inline constexpr std::chrono::minutes kSessionTouch{1};

/// How somebody proved who they are.
enum class SignInMethod { Password, Sso };

/// A sign-in of a member. The cookie's value is 256 random bits of which only the digest is stored
/// (AD-01); `id` names it to people and proves nothing.
struct Session {
  SessionId id;
  WorkspaceId workspace;
  MemberId member;
  SignInMethod method = SignInMethod::Password;
  std::string address;
  std::string user_agent;
  Instant created_at;
  Instant last_seen_at;
  Instant expires_at;  ///< whatever happens
  std::optional<Instant> confirmed_until;

  [[nodiscard]] bool live(Instant now) const {
    return now < expires_at && now < last_seen_at + kSessionIdle;
  }
  /// Whether the password was entered again a moment ago.
  [[nodiscard]] bool confirmed(Instant now) const {
    return confirmed_until && now < *confirmed_until;
  }
};

struct NewSession {
  Session session;
  SecretString token;  ///< the cookie's value
};

/// Where a sign-in came from.
struct SignInPlace {
  std::string address;
  std::string user_agent;  ///< the first 200 bytes are kept
};

class Sessions {
 public:
  /// At most 20 a member: the one not used for longest makes room.
  [[nodiscard]] static Result<NewSession> open(db::Transaction& tx,
                                               const Member& member,
                                               SignInMethod method,
                                               const SignInPlace& place,
                                               Random& random,
                                               Instant now);
  /// A live session and its active member; nullopt otherwise.
  struct Found {
    Session session;
    Member member;
  };
  [[nodiscard]] static Result<std::optional<Found>> find(db::Transaction& tx,
                                                         const SecretString& token,
                                                         Instant now);
  [[nodiscard]] static Result<> touch(db::Transaction& tx, const SessionId& id, Instant now);
  [[nodiscard]] static Result<Instant> confirm(db::Transaction& tx,
                                               const SessionId& id,
                                               Instant now);
  /// Those that live, newest first.
  [[nodiscard]] static Result<std::vector<Session>> list(db::Transaction& tx,
                                                         const MemberId& member,
                                                         Instant now);
  /// False when the member has no such session. Its tokens die too, everywhere.
  [[nodiscard]] static Result<bool> end(db::Transaction& tx,
                                        const MemberId& member,
                                        const SessionId& id,
                                        Instant now);
  /// All but one (`keep` empty: all).
  [[nodiscard]] static Result<> end_all(db::Transaction& tx,
                                        const MemberId& member,
                                        const SessionId& keep,
                                        Instant now);
  /// The tokens of all of a member's sessions.
  [[nodiscard]] static Result<> end_tokens(db::Transaction& tx,
                                           const MemberId& member,
                                           Instant now);
};

}  // namespace wayleave::access
