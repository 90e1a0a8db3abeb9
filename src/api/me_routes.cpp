#include "api/json_writer.hpp"
#include "api/routes.hpp"

namespace wayleave::api {
namespace {

Task<Result<net::Response>> show_me(Call call) {
  JsonWriter body;
  body.text("workspace", call.caller.workspace.str())
      .text("kind", call.caller.actor.kind)
      .text_or_null("id", call.caller.actor.id)
      .texts("scopes", call.caller.scopes.names());
  co_return net::json_response(200, body.str());
}

}  // namespace

void add_me_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/me", guarded(parts, std::nullopt, show_me)});
}

}  // namespace wayleave::api
