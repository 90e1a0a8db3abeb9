#include "access/second_factor.hpp"
#include "api/page.hpp"
#include "api/people.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"

namespace wayleave::api {
namespace {

/// Nobody gives more than they have, and nobody touches a member who has more than they.
Result<> check_within(access::Role role, const Caller& caller) {
  if (access::within(access::scopes_of(role), caller.scopes)) return {};
  return fail(ErrorKind::Denied,
              "forbidden",
              "role: you cannot give, take or change a role that may do more than you");
}

/// Handing out the highest role takes the password again.
Result<> check_may_give(access::Role role, const Call& call) {
  WL_CHECK(check_within(role, call.caller));
  if (role == access::Role::SuperAdmin) return check_confirmed(call);
  return {};
}

Result<access::Member> find_target(db::Transaction& tx, const Caller& caller, const MemberId& id) {
  WL_TRY(auto member, access::Members::get(tx, caller.workspace, id));
  WL_CHECK(check_within(member.role, caller));
  return member;
}

MemberId target_of(const Call& call) { return MemberId{call.request.params.at(0)}; }

Task<Result<net::Response>> list_members(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  auto work = [workspace = call.caller.workspace, page](db::Transaction& tx) {
    return access::Members::list(tx, workspace, page.after, page.limit + 1);
  };
  WL_CO_TRY(const auto members, co_await call.parts.database.read(std::move(work)));
  co_return list_response(
      members, page, member_json, [](const access::Member& member) { return member.email; });
}

struct Wanted {
  std::string email;
  std::string name;
  access::Role role = access::Role::Viewer;
};

Result<Wanted> read_wanted(const Call& call) {
  WL_TRY(auto in, read_json(call.request));
  Wanted wanted;
  wanted.email = in.required_text("email");
  wanted.name = in.text("name").value_or("");
  const std::string role = in.required_text("role");
  WL_CHECK(in.finish());
  WL_TRY(wanted.role, access::parse_role(role));
  WL_CHECK(check_may_give(wanted.role, call));
  return wanted;
}

/// Makes the link and notes it; who gets it is told by the caller.
Result<std::string> invite(db::Transaction& tx,
                           const Parts& parts,
                           const access::Member& member,
                           access::AuditRecord record) {
  WL_TRY(const auto made, access::Invitations::invite(tx, member, parts.random, parts.clock.now()));
  record.target = member.id.str();
  WL_CHECK(access::append_audit(tx, record));
  return invited_json(member, made, parts.public_url);
}

Task<Result<net::Response>> create_member(Call call) {
  WL_CO_TRY(const auto wanted, read_wanted(call));
  auto work = [&parts = call.parts,
               workspace = call.caller.workspace,
               wanted,
               record = audit_record(call, "member.created", "")](
                  db::Transaction& tx) mutable -> Result<std::string> {
    WL_TRY(const auto member,
           access::Members::create(tx,
                                   workspace,
                                   wanted.email,
                                   wanted.name,
                                   wanted.role,
                                   parts.random,
                                   parts.clock.now()));
    record.detail = access::change_detail("null", member_state_json(member));
    return invite(tx, parts, member, record);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(201, std::move(body));
}

Task<Result<net::Response>> invite_member(Call call) {
  auto work = [&parts = call.parts,
               caller = call.caller,
               id = target_of(call),
               confirmed = check_confirmed(call),
               record = audit_record(call, "member.invited", "")](
                  db::Transaction& tx) -> Result<std::string> {
    WL_TRY(const auto member, find_target(tx, caller, id));
    // Whoever has the link is that member.
    if (member.role == access::Role::SuperAdmin && !confirmed) {
      return std::unexpected(confirmed.error());
    }
    if (member.disabled_at) {
      return fail(ErrorKind::Conflict, "conflict", "this member is disabled; enable them first");
    }
    return invite(tx, parts, member, record);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, std::move(body));
}

Result<access::MemberChange> read_change(const Call& call) {
  WL_TRY(auto in, read_json(call.request));
  access::MemberChange change;
  change.name = in.text("name");
  const auto role = in.text("role");
  change.disabled = in.boolean("disabled");
  WL_CHECK(in.finish());
  if (role) {
    WL_TRY(change.role, access::parse_role(*role));
    WL_CHECK(check_may_give(*change.role, call));
  }
  return change;
}

Task<Result<net::Response>> change_member(Call call) {
  WL_CO_TRY(const auto change, read_change(call));
  auto work = [caller = call.caller,
               id = target_of(call),
               change,
               now = call.parts.clock.now(),
               record = audit_record(call, "member.changed", "")](
                  db::Transaction& tx) mutable -> Result<access::Member> {
    WL_TRY(const auto before, find_target(tx, caller, id));
    WL_TRY(const auto after, access::Members::change(tx, before, change, now));
    record.target = id.str();
    record.detail = access::change_detail(member_state_json(before), member_state_json(after));
    WL_CHECK(access::append_audit(tx, record));
    return after;
  };
  WL_CO_TRY(const auto member, co_await call.parts.database.write(std::move(work)));
  co_return net::json_response(200, member_json(member));
}

Task<Result<net::Response>> remove_member(Call call) {
  auto work =
      [caller = call.caller,
       id = target_of(call),
       now = call.parts.clock.now(),
       record = audit_record(call, "member.deleted", "")](db::Transaction& tx) mutable -> Result<> {
    WL_TRY(const auto member, find_target(tx, caller, id));
    WL_CHECK(access::Members::remove(tx, member, now));
    record.target = id.str();
    record.detail = access::change_detail(member_state_json(member), "null");
    return access::append_audit(tx, record);
  };
  WL_CO_CHECK(co_await call.parts.database.write(std::move(work)));
  co_return no_content();
}

/// For somebody who lost device and codes.
Task<Result<net::Response>> remove_totp(Call call) {
  WL_CO_CHECK(check_confirmed(call));
  auto work = [caller = call.caller,
               id = target_of(call),
               record = audit_record(call, "totp.removed", target_of(call).str())](
                  db::Transaction& tx) -> Result<> {
    WL_TRY(const auto member, find_target(tx, caller, id));
    WL_CHECK(access::SecondFactor::remove(tx, member.id));
    return access::append_audit(tx, record);
  };
  WL_CO_CHECK(co_await call.parts.database.write(std::move(work)));
  co_return no_content();
}

}  // namespace

void add_member_routes(net::Router& router, const Parts& parts) {
  const auto add = [&](const char* method, const char* pattern, Action action) {
    router.add({method, pattern, guarded(parts, access::Scope::Manage, action), kJsonBodyMax});
  };
  add("GET", "/v1/members", list_members);
  add("POST", "/v1/members", create_member);
  add("PATCH", "/v1/members/{}", change_member);
  add("DELETE", "/v1/members/{}", remove_member);
  add("POST", "/v1/members/{}/invitation", invite_member);
  add("DELETE", "/v1/members/{}/totp", remove_totp);
}

}  // namespace wayleave::api
