#include "connect/installer.hpp"

#include <utility>

#include "connect/flow_repository.hpp"
#include "connect/installer_impl.hpp"
#include "connect/link_repository.hpp"
#include "connect/return_url.hpp"
#include "connect/scope_list.hpp"
#include "connect/state.hpp"

namespace wayleave::connect {
namespace {

/// What can be said about an invitation without looking anything up.
Result<Invitation> check_invitation(Invitation invitation) {
  WL_TRY(invitation.user, vault::parse_user(invitation.user));
  if (invitation.scopes) {
    WL_CHECK(check_scopes(*invitation.scopes));
  }
  if (const auto life = invitation.expires_in;
      life && (*life < kLinkLifeMin || *life > kLinkLifeMax)) {
    return reject("expiresIn",
                  "expiresIn must be from " + std::to_string(kLinkLifeMin.count()) + " to " +
                      std::to_string(kLinkLifeMax.count()) + " seconds");
  }
  return invitation;
}

std::unexpected<Error> full() {
  return fail(
      ErrorKind::Limit, "rate_limited", "too many authorizations are open; try again later");
}

std::unexpected<Error> unknown_link() {
  return fail(ErrorKind::NotFound, "not_found", "this install link is not known");
}

std::string hosted_url(const std::string& public_url, const std::string& token) {
  return public_url + "/connect/" + token;
}

FlowRequest flow_request(const Invitation& invitation) {
  FlowRequest request;
  request.user = invitation.user;
  request.scopes = invitation.scopes;
  request.return_url = invitation.return_url;
  return request;
}

StoredLink new_link(const Invitation& invitation,
                    const vault::App& app,
                    const Fresh& fresh,
                    Instant now) {
  StoredLink link;
  link.id = fresh.link_id;
  link.token_digest = one_time_digest(fresh.link_token);
  link.workspace = app.workspace;
  link.app = app.id;
  link.user = invitation.user;
  link.scopes = invitation.scopes;
  link.return_url = invitation.return_url;
  link.actor = invitation.actor.kind + ":" + invitation.actor.id;
  link.created_at = now;
  link.expires_at = now + invitation.expires_in.value_or(kLinkLifeDefault);
  return link;
}

/// Who asked for a way in for whom: `target` is the link, or the flow that needs none.
Result<> note_link(db::Transaction& tx,
                   const Invitation& invitation,
                   const AppInUse& in_use,
                   std::string target,
                   Instant now) {
  access::AuditRecord record;
  record.at = now;
  record.workspace = invitation.workspace;
  record.actor = invitation.actor;
  record.action = "link.created";
  record.target = std::move(target);
  record.detail = R"({"app":)" + json_quote(in_use.app.slug) + R"(,"user":)" +
                  json_quote(invitation.user) + "}";
  return access::append_audit(tx, record);
}

/// Stores a link with its record in the audit trail.
Result<> store_link(db::Transaction& tx,
                    const Invitation& invitation,
                    const AppInUse& in_use,
                    const StoredLink& link,
                    Instant now) {
  WL_CHECK(check_connectable(*in_use.provider));
  if (!link.return_url.empty()) {
    WL_CHECK(check_return_url(link.return_url, in_use.app.return_origins));
  }
  WL_CHECK(trim_links(tx, now));
  WL_CHECK(insert_link(tx, link));
  return note_link(tx, invitation, in_use, link.id.str(), now);
}

/// A link that can be followed now, with its app.
struct OpenLink {
  StoredLink link;
  AppInUse in_use;
};

Result<OpenLink> find_open_link(db::Transaction& tx,
                                const Installer::Impl& impl,
                                const std::string& digest,
                                Instant now) {
  WL_TRY(auto link, find_link_by_token(tx, digest));
  if (!link) return unknown_link();
  WL_CHECK(check_link_open(*link, now));
  auto in_use = impl.find_app(tx, link->app);
  if (!in_use && in_use.error().kind == ErrorKind::NotFound) {
    return fail(ErrorKind::NotFound, "gone", "the app of this install link was removed");
  }
  if (!in_use) return std::unexpected(std::move(in_use).error());
  return OpenLink{*std::move(link), *std::move(in_use)};
}

Result<> check_visit(const Visit& visit, const vault::App& app) {
  if (visit.opener.empty()) return {};
  return check_opener(visit.opener, app.return_origins);
}

}  // namespace

Task<Result<>> reserve(db::Database& database,
                       Budget& budget,
                       Result<std::int64_t> (*count)(db::Transaction&, Instant),
                       Instant now) {
  const Budget::Take take = budget.take(now);
  if (take == Budget::Take::Full) co_return full();
  if (take == Budget::Take::Granted) co_return Result<>{};
  auto work = [count, now](db::Transaction& tx) { return count(tx, now); };
  WL_CO_TRY(const std::int64_t open, co_await database.read(std::move(work)));
  budget.counted(open, now);
  if (open >= budget.max()) co_return full();
  co_return Result<>{};
}

Task<Result<>> Installer::Impl::reserve_flow(Instant now) {
  return reserve(parts.database, open_flows, count_open_flows, now);
}

Installer::Installer(Parts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Installer::~Installer() = default;

Result<AppInUse> Installer::Impl::find_app(db::Transaction& tx,
                                           const WorkspaceId& workspace,
                                           std::string_view slug,
                                           std::string_view provider) const {
  WL_TRY(auto app, parts.vault.apps().find(tx, workspace, slug));
  WL_TRY(auto in_use, parts.vault.apps().provider(app));
  if (!provider.empty() && !in_use->answers_to(provider)) {
    return fail(ErrorKind::NotFound,
                "app_not_found",
                "app " + app.slug + " belongs to another provider, " + app.provider);
  }
  return AppInUse{std::move(app), std::move(in_use)};
}

Result<AppInUse> Installer::Impl::find_app(db::Transaction& tx, const AppId& id) const {
  WL_TRY(auto app, parts.vault.apps().find(tx, id));
  WL_TRY(auto in_use, parts.vault.apps().provider(app));
  return AppInUse{std::move(app), std::move(in_use)};
}

Task<Result<Started>> Installer::start(Invitation raw) {
  Impl* const impl = impl_.get();
  WL_CO_TRY(auto checked, check_invitation(std::move(raw)));
  const auto invitation = std::make_shared<const Invitation>(std::move(checked));
  auto look_up = [impl, invitation](db::Transaction& tx) {
    return impl->find_app(tx, invitation->workspace, invitation->app, invitation->provider);
  };
  WL_CO_TRY(auto found, co_await impl->parts.database.read(look_up));
  if (found.app.browser_binding == vault::BrowserBinding::Required) {
    Invitation copy = *invitation;
    WL_CO_TRY(auto link, co_await create_link(std::move(copy)));
    co_return Started{std::move(link.url), std::move(found.app), invitation->user, {}};
  }

  const Instant now = impl->parts.clock.now();
  WL_CO_CHECK(co_await impl->reserve_flow(now));
  const auto fresh = std::make_shared<const Fresh>(impl->parts.random);
  auto work = [impl, invitation, fresh, now](db::Transaction& tx) -> Result<Started> {
    WL_TRY(auto in_use,
           impl->find_app(tx, invitation->workspace, invitation->app, invitation->provider));
    WL_CHECK(note_link(tx, *invitation, in_use, fresh->flow_id, now));
    WL_TRY(auto url,
           begin_flow(tx,
                      impl->parts.keys,
                      impl->parts.public_url,
                      in_use.app,
                      *in_use.provider,
                      flow_request(*invitation),
                      *fresh,
                      now));
    return Started{std::move(url), std::move(in_use.app), invitation->user, {}};
  };
  co_return co_await impl->parts.database.write(std::move(work));
}

Task<Result<Link>> Installer::create_link(Invitation raw) {
  Impl* const impl = impl_.get();
  WL_CO_TRY(auto checked, check_invitation(std::move(raw)));
  const auto invitation = std::make_shared<const Invitation>(std::move(checked));
  const Instant now = impl->parts.clock.now();
  WL_CO_CHECK(co_await reserve(impl->parts.database, impl->open_links, count_open_links, now));
  WL_CO_CHECK(co_await impl->reserve_flow(now));
  const auto fresh = std::make_shared<const Fresh>(impl->parts.random);
  auto work = [impl, invitation, fresh, now](db::Transaction& tx) -> Result<Link> {
    WL_TRY(const auto in_use,
           impl->find_app(tx, invitation->workspace, invitation->app, invitation->provider));
    const StoredLink stored = new_link(*invitation, in_use.app, *fresh, now);
    WL_CHECK(store_link(tx, *invitation, in_use, stored, now));
    Link link{
        stored.id, hosted_url(impl->parts.public_url, fresh->link_token), {}, stored.expires_at};
    if (in_use.app.browser_binding == vault::BrowserBinding::Required) return link;
    FlowRequest request = flow_request(*invitation);
    request.link = stored.id;
    WL_TRY(link.authorize_url,
           begin_flow(tx,
                      impl->parts.keys,
                      impl->parts.public_url,
                      in_use.app,
                      *in_use.provider,
                      request,
                      *fresh,
                      now));
    return link;
  };
  co_return co_await impl->parts.database.write(std::move(work));
}

Task<Result<LinkView>> Installer::view(std::string link_token, Visit visit) {
  Impl* const impl = impl_.get();
  if (!is_one_time(link_token)) co_return unknown_link();
  const Instant now = impl->parts.clock.now();
  auto work = [impl, digest = one_time_digest(link_token), visit, now](
                  db::Transaction& tx) -> Result<LinkView> {
    WL_TRY(auto open, find_open_link(tx, *impl, digest, now));
    WL_CHECK(check_visit(visit, open.in_use.app));
    const provider::Provider& provider = *open.in_use.provider;
    const vault::App& app = open.in_use.app;
    LinkView view;
    view.id = open.link.id;
    view.provider_name = provider.name;
    view.authorize_origin = origin_of(provider.auth.authorize);
    view.return_origin = origin_of(open.link.return_url);
    // Scopes named by the link are exactly what is asked for.
    view.permissions = open.link.scopes
                           ? describe_scopes(provider, *open.link.scopes, {})
                           : describe_scopes(provider, app.scopes, app.optional_scopes);
    WL_TRY(view.appearance, find_appearance(tx, app.id));
    view.app = std::move(open.in_use.app);
    return view;
  };
  co_return co_await impl->parts.database.read(std::move(work));
}

Task<Result<Started>> Installer::follow(std::string link_token,
                                        std::string browser_cookie,
                                        Visit visit) {
  Impl* const impl = impl_.get();
  if (!is_one_time(link_token)) co_return unknown_link();
  const Instant now = impl->parts.clock.now();
  WL_CO_CHECK(co_await impl->reserve_flow(now));
  Fresh drawn(impl->parts.random);
  if (is_one_time(browser_cookie)) drawn.cookie = std::move(browser_cookie);
  const auto fresh = std::make_shared<const Fresh>(std::move(drawn));
  auto work = [impl, fresh, digest = one_time_digest(link_token), visit, now](
                  db::Transaction& tx) -> Result<Started> {
    WL_TRY(auto open, find_open_link(tx, *impl, digest, now));
    WL_CHECK(check_visit(visit, open.in_use.app));
    FlowRequest request;
    request.user = open.link.user;
    request.scopes = open.link.scopes;
    request.return_url = open.link.return_url;
    request.link = open.link.id;
    request.bound = true;
    request.opener = visit.opener;
    request.language = visit.language;
    WL_TRY(auto url,
           begin_flow(tx,
                      impl->parts.keys,
                      impl->parts.public_url,
                      open.in_use.app,
                      *open.in_use.provider,
                      request,
                      *fresh,
                      now));
    return Started{std::move(url), std::move(open.in_use.app), open.link.user, fresh->cookie};
  };
  co_return co_await impl->parts.database.write(std::move(work));
}

}  // namespace wayleave::connect
