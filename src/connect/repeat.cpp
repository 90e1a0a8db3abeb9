#include <algorithm>
#include <utility>

#include "connect/flow_repository.hpp"
#include "connect/installer_impl.hpp"
#include "connect/link_repository.hpp"
#include "connect/return_url.hpp"
#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

std::unexpected<Error> too_late() {
  return fail(ErrorKind::NotFound, "gone", "this cannot be tried again; begin anew");
}

/// What a repeated trip is made of: the link's invitation, in the same browser and language.
Result<FlowRequest> request_of(db::Transaction& tx, const Flow& flow, bool connected, Instant now) {
  WL_TRY(const auto link, find_link(tx, flow.link));
  if (!link) return too_late();
  // A link that connected with less is used up; this trip may still mend that connection.
  if (!connected) {
    WL_CHECK(check_link_open(*link, now));
  }
  FlowRequest request;
  request.user = link->user;
  request.scopes = link->scopes;
  request.return_url = link->return_url;
  request.link = link->id;
  request.bound = true;
  request.opener = flow.opener;
  request.language = flow.language;
  if (connected) request.repeats = flow.id;
  return request;
}

bool is_recent(const Flow& flow, Instant now) { return now < flow.created_at + kRepeatLife; }

}  // namespace

bool is_repeatable(Outcome outcome, bool limited) {
  switch (outcome) {
    case Outcome::Connected:
      return limited;
    case Outcome::Denied:
    case Outcome::ProviderError:
    case Outcome::CodeRefused:
    case Outcome::Unreachable:
    case Outcome::AccountMismatch:
    case Outcome::Failed:
      return true;
    default:
      return false;
  }
}

std::string return_url_of(const Flow& flow, Outcome outcome, std::string_view code) {
  if (flow.return_url.empty()) return {};
  FormFields news{{"status",
                   outcome == Outcome::Connected ? "connected"
                   : outcome == Outcome::Denied  ? "denied"
                                                 : "failed"}};
  if (!code.empty()) news.emplace_back("error", std::string(code));
  news.emplace_back("userForeignIdentifier", flow.user);
  return complete_return_url(flow.return_url, news);
}

Result<Scene> scene_of(db::Transaction& tx, const AppInUse& in_use) {
  WL_TRY(auto appearance, find_appearance(tx, in_use.app.id));
  Scene scene;
  scene.provider_name = in_use.provider->name;
  scene.app_slug = in_use.app.slug;
  scene.appearance = std::make_shared<const Appearance>(std::move(appearance));
  return scene;
}

void tell_traveller(Scene& scene,
                    const Flow& flow,
                    const AppInUse& in_use,
                    Outcome outcome,
                    const std::vector<std::string>& missing) {
  scene.language = flow.language;
  scene.missing = describe_scopes(*in_use.provider, missing, {});
  scene.back_url =
      return_url_of(flow, outcome, outcome == Outcome::Connected ? "" : error_of(outcome, "").code);
  scene.opener = flow.opener;
  scene.user = flow.opener.empty() ? std::string() : flow.user;
  if (flow.browser_digest.empty() || !is_repeatable(outcome, !missing.empty())) return;
  scene.repeat_id = flow.id;
  scene.authorize_origin = origin_of(in_use.provider->auth.authorize);
}

Task<Result<ResultView>> Installer::result(std::string result_id, std::string browser_cookie) {
  Impl* const impl = impl_.get();
  const Instant now = impl->parts.clock.now();
  auto work = [impl, result_id, browser_cookie, now](db::Transaction& tx) -> Result<ResultView> {
    WL_TRY(auto flow, find_flow(tx, result_id));
    const auto outcome = flow ? parse_outcome(flow->outcome) : std::nullopt;
    if (!outcome) return fail(ErrorKind::NotFound, "not_found", "there is no such result");
    WL_TRY(const auto in_use, impl->find_app(tx, flow->app));
    WL_TRY(auto scene, scene_of(tx, in_use));
    scene.language = flow->language;
    scene.missing = describe_scopes(*in_use.provider, flow->missing, {});
    if (matches_digest(browser_cookie, flow->browser_digest)) {
      tell_traveller(scene, *flow, in_use, *outcome, flow->missing);
      if (!is_recent(*flow, now)) scene.repeat_id.clear();
    }
    return ResultView{*outcome, std::move(scene)};
  };
  co_return co_await impl->parts.database.read(std::move(work));
}

Task<Result<Started>> Installer::repeat(std::string result_id, std::string browser_cookie) {
  Impl* const impl = impl_.get();
  const Instant now = impl->parts.clock.now();
  WL_CO_CHECK(co_await impl->reserve_flow(now));
  Fresh drawn(impl->parts.random);
  drawn.cookie = browser_cookie;
  const auto fresh = std::make_shared<const Fresh>(std::move(drawn));
  auto work = [impl, fresh, result_id, now](db::Transaction& tx) -> Result<Started> {
    WL_TRY(auto flow, find_flow(tx, result_id));
    if (!flow || !matches_digest(fresh->cookie, flow->browser_digest)) return too_late();
    const auto outcome = parse_outcome(flow->outcome);
    if (!outcome || !is_repeatable(*outcome, !flow->missing.empty()) || !is_recent(*flow, now)) {
      return too_late();
    }
    WL_TRY(auto in_use, impl->find_app(tx, flow->app));
    WL_TRY(const auto request, request_of(tx, *flow, *outcome == Outcome::Connected, now));
    WL_TRY(auto url,
           begin_flow(tx,
                      impl->parts.keys,
                      impl->parts.public_url,
                      in_use.app,
                      *in_use.provider,
                      request,
                      *fresh,
                      now));
    return Started{std::move(url), std::move(in_use.app), request.user, fresh->cookie};
  };
  co_return co_await impl->parts.database.write(std::move(work));
}

}  // namespace wayleave::connect
