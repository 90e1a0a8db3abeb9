#include <algorithm>

#include "api/page.hpp"
#include "api/routes.hpp"
#include "api/shapes.hpp"

namespace wayleave::api {
namespace {

Task<Result<net::Response>> list_providers(Call call) {
  WL_CO_TRY(const auto page, read_page(call.request));
  using Shared = std::shared_ptr<const provider::Provider>;
  std::vector<Shared> rest;
  for (const Shared& provider : call.parts.catalogue.all()) {
    if (provider->slug > page.after) rest.push_back(provider);
  }
  std::ranges::sort(rest, {}, [](const Shared& provider) { return provider->slug; });
  const auto write = [](const Shared& provider) { return provider_json(*provider); };
  co_return list_response(rest, page, write, [](const Shared& provider) { return provider->slug; });
}

Task<Result<net::Response>> show_provider(Call call) {
  const auto provider = call.parts.catalogue.find(call.request.params.at(0));
  if (provider == nullptr) {
    co_return fail(
        ErrorKind::NotFound, "not_found", "no such provider; GET /v1/providers lists all");
  }
  co_return net::json_response(200, provider_json(*provider));
}

}  // namespace

void add_provider_routes(net::Router& router, const Parts& parts) {
  router.add({"GET", "/v1/providers", guarded(parts, access::Scope::Read, list_providers)});
  router.add({"GET", "/v1/providers/{}", guarded(parts, access::Scope::Read, show_provider)});
}

}  // namespace wayleave::api
