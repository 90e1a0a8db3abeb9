#include <utility>

#include "connect/flow_repository.hpp"
#include "connect/installer_impl.hpp"
#include "connect/link_repository.hpp"
#include "connect/return_url.hpp"
#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

std::unexpected<Error> unknown_link() {
  return fail(ErrorKind::NotFound, "not_found", "this install link is not known");
}

LinkStatus status_of(const StoredLink& link, const std::optional<Flow>& flow, Instant now) {
  LinkStatus status;
  status.user = link.user;
  if (flow) status.since = std::chrono::duration_cast<Millis>(now - flow->created_at);
  const auto outcome = flow ? parse_outcome(flow->outcome) : std::nullopt;
  if (link.used_at) {
    status.status = "connected";
    status.limited = flow && !flow->missing.empty();
  } else if (outcome && *outcome != Outcome::Connected) {
    status.status = *outcome == Outcome::Denied ? "denied" : "failed";
    status.reason = reason_of(*outcome);
  } else if (flow && !outcome && now < flow->expires_at) {
    status.status = "started";
  } else if (now >= link.expires_at) {
    status.status = "expired";
  }
  return status;
}

}  // namespace

Task<LinkRefusal> Installer::refusal(std::string link_token, Visit visit) {
  Impl* const impl = impl_.get();
  if (!is_one_time(link_token)) co_return LinkRefusal{};
  const Instant now = impl->parts.clock.now();
  auto work = [impl, digest = one_time_digest(link_token), visit, now](
                  db::Transaction& tx) -> Result<LinkRefusal> {
    LinkRefusal refusal;
    WL_TRY(const auto link, find_link_by_token(tx, digest));
    if (!link) return refusal;
    WL_TRY(const auto in_use, impl->find_app(tx, link->app));
    WL_TRY(refusal.scene, scene_of(tx, in_use));
    if (link->used_at) {
      refusal.end = LinkEnd::Used;
    } else if (now >= link->expires_at) {
      refusal.end = LinkEnd::Expired;
    }
    if (!visit.opener.empty() && check_opener(visit.opener, in_use.app.return_origins)) {
      refusal.scene.opener = visit.opener;
      refusal.scene.user = link->user;
    }
    return refusal;
  };
  auto found = co_await impl->parts.database.read(std::move(work));
  co_return found ? *std::move(found) : LinkRefusal{};
}

Task<Result<LinkStatus>> Installer::status(std::string link_token, std::string origin) {
  Impl* const impl = impl_.get();
  if (!is_one_time(link_token)) co_return unknown_link();
  const Instant now = impl->parts.clock.now();
  auto work = [impl, digest = one_time_digest(link_token), origin, now](
                  db::Transaction& tx) -> Result<LinkStatus> {
    WL_TRY(const auto link, find_link_by_token(tx, digest));
    if (!link) return unknown_link();
    WL_TRY(const auto in_use, impl->find_app(tx, link->app));
    if (!check_opener(origin, in_use.app.return_origins)) {
      return fail(ErrorKind::Denied,
                  "forbidden",
                  "the origin of this page is not among the app's returnOrigins");
    }
    WL_TRY(const auto flow, find_last_flow(tx, link->id));
    LinkStatus status = status_of(*link, flow, now);
    status.app = in_use.app.slug;
    return status;
  };
  co_return co_await impl->parts.database.read(std::move(work));
}

}  // namespace wayleave::connect
