#include "api/people.hpp"
#include "api/routes.hpp"

namespace wayleave::api {
namespace {

Task<Result<net::Response>> show_me(Call call) {
  auto work = [caller = call.caller, now = call.parts.clock.now()](db::Transaction& tx) {
    return me_json(tx, caller, now);
  };
  WL_CO_TRY(auto body, co_await call.parts.database.read(std::move(work)));
  co_return net::json_response(200, std::move(body));
}

}  // namespace

void add_me_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/me", guarded(parts, std::nullopt, show_me)});
}

}  // namespace wayleave::api
