#include "api/attempts.hpp"
#include "api/page.hpp"
#include "api/people.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kBodyMax = 8 * 1024;

Task<Result<std::string>> read_me(const Parts& parts, Caller caller) {
  auto work = [caller = std::move(caller), now = parts.clock.now()](db::Transaction& tx) {
    return me_json(tx, caller, now);
  };
  co_return co_await parts.database.read(std::move(work));
}

Task<Result<net::Response>> show_me(Call call) {
  WL_CO_TRY(auto body, co_await read_me(call.parts, call.caller));
  co_return net::json_response(200, std::move(body));
}

struct Wanted {
  std::optional<std::string> name;
  std::optional<SecretString> password;
  std::optional<SecretString> current;
};

Result<Wanted> read_wanted(const Call& call, const access::Member& member) {
  WL_TRY(auto in, read_json(call.request));
  Wanted wanted;
  wanted.name = in.text("name");
  wanted.password = in.secret("password");
  wanted.current = in.secret("currentPassword");
  WL_CHECK(in.finish());
  if (wanted.name) WL_CHECK(access::check_member_name(*wanted.name));
  if (!wanted.password) return wanted;
  WL_CHECK(access::check_new_password(*wanted.password, member.email));
  if (!member.has_password) {
    WL_CHECK(check_confirmed(call));
  } else if (!wanted.current) {
    return reject("currentPassword", "currentPassword: is missing");
  }
  return wanted;
}

/// Stores what is new; a new password ends the member's other sessions.
Task<Result<>> store(const Call& call,
                     access::Sessions::Found person,
                     std::optional<std::string> name,
                     std::string hash) {
  auto work = [person = std::move(person),
               name = std::move(name),
               hash = std::move(hash),
               now = call.parts.clock.now(),
               renamed = audit_record(call, "member.changed", call.caller.actor.id),
               repassworded = audit_record(call, "password.changed", call.caller.actor.id)](
                  db::Transaction& tx) mutable -> Result<> {
    if (name) {
      access::MemberChange change;
      change.name = name;
      WL_TRY(const auto after, access::Members::change(tx, person.member, change, now));
      renamed.detail =
          access::change_detail(member_state_json(person.member), member_state_json(after));
      WL_CHECK(access::append_audit(tx, renamed));
    }
    if (hash.empty()) return {};
    WL_CHECK(access::Members::set_password(tx, person.member.id, hash));
    WL_CHECK(access::Sessions::end_all(tx, person.member.id, person.session.id, now));
    return access::append_audit(tx, repassworded);
  };
  co_return co_await call.parts.database.write(std::move(work));
}

Task<Result<net::Response>> change_me(Call call) {
  WL_CO_TRY(auto person, person_of(call));
  WL_CO_TRY(auto wanted, read_wanted(call, person.member));
  std::string hash;
  if (wanted.password) {
    if (person.member.has_password) {
      SecretString current = *std::move(wanted.current);
      WL_CO_TRY(
          auto refused,
          co_await refuse_password(call, person.member, std::move(current), "currentPassword"));
      if (refused) co_return *std::move(refused);
    }
    SecretString fresh = *std::move(wanted.password);
    WL_CO_TRY(hash, co_await call.parts.passwords.hash(std::move(fresh)));
  }
  const bool repassworded = !hash.empty();
  WL_CO_CHECK(co_await store(call, person, wanted.name, std::move(hash)));
  Caller after = call.caller;
  if (wanted.name) after.person->member.name = *wanted.name;
  if (repassworded) after.person->member.has_password = true;
  WL_CO_TRY(auto body, co_await read_me(call.parts, std::move(after)));
  co_return net::json_response(200, std::move(body));
}

Task<Result<net::Response>> list_sessions(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  auto work = [id = person.member.id, now = call.parts.clock.now()](db::Transaction& tx) {
    return access::Sessions::list(tx, id, now);
  };
  WL_CO_TRY(const auto sessions, co_await call.parts.database.read(std::move(work)));
  std::vector<std::string> data;
  for (const auto& session : sessions) data.push_back(session_json(session, person.session.id));
  co_return list_document(data, "");
}

Task<Result<net::Response>> end_session(Call call) {
  WL_CO_TRY(const auto person, person_of(call));
  auto work = [member = person.member.id,
               id = SessionId{call.request.params.at(0)},
               now = call.parts.clock.now(),
               record = audit_record(call, "session.ended", call.request.params.at(0))](
                  db::Transaction& tx) -> Result<> {
    WL_TRY(const bool ended, access::Sessions::end(tx, member, id, now));
    if (!ended) return fail(ErrorKind::NotFound, "not_found", "you have no such session");
    return access::append_audit(tx, record);
  };
  WL_CO_CHECK(co_await call.parts.database.write(std::move(work)));
  co_return no_content();
}

}  // namespace

void add_me_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/me", guarded(parts, std::nullopt, show_me)});
  router.add({"PATCH", "/v1/me", guarded(parts, std::nullopt, change_me), kBodyMax});
  router.add({"GET", "/v1/me/sessions", guarded(parts, std::nullopt, list_sessions)});
  router.add({"DELETE", "/v1/me/sessions/{}", guarded(parts, std::nullopt, end_session)});
}

}  // namespace wayleave::api
