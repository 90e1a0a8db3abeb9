#include "connect/flow_start.hpp"

#include "connect/flow_repository.hpp"
#include "connect/limits.hpp"
#include "connect/return_url.hpp"
#include "connect/state.hpp"
#include "oauth/authorize_url.hpp"

namespace wayleave::connect {
namespace {

oauth::AuthorizeRequest authorize_request(const vault::App& app,
                                          const provider::Auth& auth,
                                          const Flow& flow,
                                          const FlowRequest& request,
                                          const Fresh& fresh) {
  oauth::AuthorizeRequest out;
  out.endpoint = auth.authorize;
  out.client_id = app.client_id;
  out.redirect_uri = flow.redirect_uri;
  out.scopes = flow.scopes;
  // Scopes named by the caller are exactly what is asked for.
  if (!request.scopes) out.optional_scopes = app.optional_scopes;
  out.scope_separator = auth.scope_separator;
  out.state = fresh.state;
  if (auth.pkce != provider::PkceUse::None) out.code_challenge = fresh.pkce.challenge;
  out.extra = auth.authorize_params;
  return out;
}

}  // namespace

Fresh::Fresh(Random& random)
    : flow_id(random_id(random, "flw")),
      state(make_one_time(random)),
      cookie(make_one_time(random)),
      link_id(random_id(random, "lnk")),
      link_token(make_one_time(random)),
      pkce(oauth::make_pkce(random)) {}

crypto::Place verifier_place(const Flow& flow) {
  return {.workspace = flow.workspace.str(),
          .table = "install_flow",
          .row = flow.id,
          .column = "verifier",
          .version = 0};
}

Result<> check_connectable(const provider::Provider& provider) {
  if (!provider.unusable_reason.empty()) {
    return fail(ErrorKind::Reject, "app_misconfigured", provider.unusable_reason);
  }
  if (provider.auth.kind != provider::AuthKind::OAuth2) {
    return reject("app",
                  "provider " + provider.slug + " is not connected through an authorization page");
  }
  return {};
}

Result<std::string> begin_flow(db::Transaction& tx,
                               const crypto::KeyRing& keys,
                               std::string_view public_url,
                               const vault::App& app,
                               const provider::Provider& provider,
                               const FlowRequest& request,
                               const Fresh& fresh,
                               Instant now) {
  WL_CHECK(check_connectable(provider));
  if (!request.return_url.empty()) {
    WL_CHECK(check_return_url(request.return_url, app.return_origins));
  }
  Flow flow;
  flow.id = fresh.flow_id;
  flow.state_digest = one_time_digest(fresh.state);
  flow.workspace = app.workspace;
  flow.app = app.id;
  flow.app_version = app.version;
  flow.provider = app.provider;
  flow.link = request.link;
  flow.user = request.user;
  flow.redirect_uri = vault::redirect_url(public_url, app);
  flow.scopes = request.scopes.value_or(app.scopes);
  flow.return_url = request.return_url;
  if (request.bound) flow.browser_digest = one_time_digest(fresh.cookie);
  flow.opener = request.opener;
  flow.language = request.language;
  flow.repeats = request.repeats;
  flow.created_at = now;
  flow.expires_at = now + kFlowLife;
  if (provider.auth.pkce != provider::PkceUse::None) {
    flow.verifier = keys.seal(fresh.pkce.verifier, verifier_place(flow));
  }
  WL_CHECK(trim_flows(tx, now));
  if (!flow.link.empty()) {
    WL_CHECK(trim_flows_of_link(tx, flow.link, now));
  }
  WL_CHECK(insert_flow(tx, flow));
  return oauth::authorize_url(authorize_request(app, provider.auth, flow, request, fresh));
}

}  // namespace wayleave::connect
