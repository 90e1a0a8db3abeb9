#include <fmt/core.h>

#include "api/parts.hpp"
#include "api/routes.hpp"
#include "app/admin.hpp"
#include "app/blocking.hpp"
#include "app/core.hpp"
#include "gateway/destination.hpp"

namespace wayleave::app {
namespace {

constexpr Millis kProviderTimeout{60'000};
constexpr std::size_t kAnswerMax = 64 << 20;

net::Request make_request(std::string method,
                          std::string target,
                          std::string body,
                          Random& random) {
  net::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  const auto question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != std::string::npos) request.query = request.target.substr(question + 1);
  if (!body.empty()) request.fields.add("Content-Type", "application/json");
  request.body_bytes = body.size();
  request.body = std::move(body);
  request.request_id = random_id(random, "req");
  return request;
}

/// The call as it goes to the provider with this credential.
net::Outgoing outgoing(const ProviderCall& call,
                       const std::string& url,
                       const provider::Provider& provider,
                       const vault::Credential& credential) {
  net::Outgoing out;
  out.method = call.method;
  out.url = url;
  out.fields = call.fields;
  for (const auto& [name, value] : provider.headers) {
    if (!out.fields.get(name)) out.fields.add(name, value);
  }
  out.body = call.body;
  out.timeout = kProviderTimeout;
  out.answer_bytes_max = kAnswerMax;
  credential.access_token.expose([&](std::string_view token) {
    out.fields.set("Authorization", "Bearer " + std::string(token));
  });
  return out;
}

class LocalAdmin final : public Admin {
 public:
  explicit LocalAdmin(std::unique_ptr<Core> core)
      : core_(std::move(core)),
        parts_{core_->database(),
               core_->keys(),
               core_->vault(),
               core_->installer(),
               core_->catalogue(),
               authenticator_,
               core_->clock(),
               core_->random(),
               passwords_,
               throttle_,
               core_->log(),
               core_->public_url()} {
    api::add_routes(router_, parts_);
  }

  Result<Reply> call(std::string method, std::string target, std::string body) override {
    const bool changes = method != "GET" && !target.starts_with("/v1/audit/");
    net::Request request =
        make_request(std::move(method), std::move(target), std::move(body), core_->random());
    auto match = router_.match(request.method, request.path);
    if (match.route == nullptr) return internal("no route for " + request.path);
    request.params = std::move(match.params);
    net::Response response = loop_.run(match.route->handler(std::move(request)));
    if (changes) core_->seal_audit();
    return Reply{response.status, std::move(response.fields), std::move(response.body)};
  }

  Result<Reply> provider_call(ProviderCall call) override {
    auto reply = loop_.run(reach(core_.get(), std::move(call)));
    loop_.run(settle(core_.get()));
    return reply;
  }

 private:
  static Task<bool> settle(Core* core) {
    co_await core->vault().drain();
    co_return true;
  }

  /// As the gateway does it: destination first (PX-01), then the token, once more after a 401.
  static Task<Result<Reply>> reach(Core* core, ProviderCall call) {
    auto look_up = [core, slug = call.app](db::Transaction& tx) {
      return core->vault().apps().find(tx, WorkspaceId("default"), slug);
    };
    WL_CO_TRY(const auto app, co_await core->database().read(std::move(look_up)));
    WL_CO_TRY(const auto provider, core->vault().apps().provider(app));
    WL_CO_TRY(const auto hosts, gateway::allowed_hosts(*provider));
    gateway::Destination destination;
    WL_CO_CHECK(gateway::choose_destination(hosts, call.url, destination));
    const std::string url = destination.host->origin.str() + destination.target;
    WL_CO_TRY(auto credential, co_await core->vault().credential(app.id, call.user));
    net::Outgoing first = outgoing(call, url, *provider, credential);
    auto answer = co_await core->client().call(std::move(first));
    if (answer && answer->status == 401) {
      auto renewed = co_await core->vault().renew(app.id, call.user, credential.version);
      if (renewed) {
        net::Outgoing again = outgoing(call, url, *provider, *renewed);
        answer = co_await core->client().call(std::move(again));
      }
    }
    if (!answer) co_return std::unexpected(std::move(answer).error().error);
    co_return Reply{answer->status, std::move(answer->fields), std::move(answer->body)};
  }

  Loop loop_;  // outlives the connections that the core keeps
  std::unique_ptr<Core> core_;
  access::Passwords passwords_;
  access::Throttle throttle_;
  api::LocalAuthenticator authenticator_;
  api::Parts parts_;
  net::Router router_;
};

}  // namespace

Result<std::unique_ptr<Admin>> open_local_admin(const Config& config,
                                                const Environment& environment,
                                                Log& log) {
  WL_TRY(auto core, Core::open(config, environment, {}, log));
  return std::make_unique<LocalAdmin>(std::move(core));
}

}  // namespace wayleave::app
