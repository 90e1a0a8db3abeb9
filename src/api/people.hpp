#pragma once

#include <string>

#include "access/invitation.hpp"
#include "api/parts.hpp"

namespace wayleave::api {

/// The JSON of members, sessions and whoever calls, as api/openapi.yaml describes it.
[[nodiscard]] std::string member_json(const access::Member& member);
/// What can change about a member, as the audit trail shows it.
[[nodiscard]] std::string member_state_json(const access::Member& member);
/// A member with the link that was just made for the member, its only appearance.
[[nodiscard]] std::string invited_json(const access::Member& member,
                                       const access::NewInvitation& made,
                                       std::string_view public_url);
[[nodiscard]] std::string session_json(const access::Session& session, const SessionId& current);
/// `Me`: the caller, with what the database knows about a member.
[[nodiscard]] Result<std::string> me_json(db::Transaction& tx, const Caller& caller, Instant now);

/// `PUBLIC/console/welcome#TOKEN`: what follows the mark is not sent to any server nor logged.
[[nodiscard]] std::string invitation_url(std::string_view public_url, const SecretString& token);

/// A member who has just shown who they are gets a session and its cookie (AD-01: a new id at each
/// sign-in).
struct SignedIn {
  std::string body;    ///< Me
  std::string cookie;  ///< Set-Cookie
};
struct SignIn {
  access::Member member;
  access::SignInMethod method = access::SignInMethod::Password;
  access::SignInPlace place;
};
/// Opens the session and writes its audit record.
[[nodiscard]] Result<SignedIn> open_session(db::Transaction& tx,
                                            const Parts& parts,
                                            const SignIn& sign_in);
[[nodiscard]] net::Response signed_in_response(SignedIn done);
[[nodiscard]] access::SignInPlace place_of(const net::Request& request);

/// 204.
[[nodiscard]] net::Response no_content();
/// The member of a session, for a route that is for members only.
[[nodiscard]] Result<access::Sessions::Found> person_of(const Call& call);
/// An audit record of what a member does.
[[nodiscard]] access::AuditRecord member_record(const Parts& parts,
                                                const access::Member& member,
                                                const std::string& address,
                                                std::string action);

}  // namespace wayleave::api
