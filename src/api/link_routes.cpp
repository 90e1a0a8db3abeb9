#include "api/json_writer.hpp"
#include "api/request_body.hpp"
#include "api/routes.hpp"

namespace wayleave::api {
namespace {

constexpr std::int64_t kLinkLifeMax = std::int64_t{30} * 24 * 3600;  // seconds

Result<connect::Invitation> read_invitation(const Call& call) {
  WL_TRY(auto in, read_json(call.request));
  connect::Invitation invitation;
  invitation.workspace = call.caller.workspace;
  invitation.actor = call.caller.actor;
  invitation.app = in.required_text("app");
  invitation.user = in.required_text("user");
  invitation.scopes = in.texts("scopes");
  invitation.return_url = in.text("returnUrl").value_or("");
  const auto life = in.integer("expiresIn", 60, kLinkLifeMax);
  WL_CHECK(in.finish());
  if (const auto user = vault::parse_user(invitation.user); !user) {
    return reject("user", user.error().detail);
  }
  if (life) invitation.expires_in = std::chrono::seconds(*life);
  return invitation;
}

Task<Result<net::Response>> create_link(Call call) {
  WL_CO_TRY(auto invitation, read_invitation(call));
  WL_CO_TRY(const auto link, co_await call.parts.installer.create_link(std::move(invitation)));
  JsonWriter body;
  body.text("id", link.id.str())
      .text("url", link.url)
      .text_or_null("authorizeUrl", link.authorize_url)
      .time("expiresAt", link.expires_at);
  co_return net::json_response(201, body.str());
}

}  // namespace

void add_link_routes(net::Router& router, const Parts& parts) {
  router.add({"POST",
              "/v1/install-links",
              guarded(parts, access::Scope::Connect, create_link),
              kJsonBodyMax});
}

}  // namespace wayleave::api
