#include "app/demo/journey.hpp"

#include <fmt/core.h>

#include <fstream>

#include "api/json_writer.hpp"
#include "app/cli/json_view.hpp"
#include "base/random.hpp"

namespace wayleave::app::demo {
namespace {

using cli::JsonView;

constexpr const char* kUser = "customer-42";
constexpr const char* kContacts = "/crm/v3/objects/contacts?limit=2";
constexpr int kTokenLife = 1800;  // seconds, as HubSpot gives

Environment no_environment() {
  return [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
}

Error unexpected(const std::string& what, const Reply& reply) {
  Error error{ErrorKind::Internal, "demo_failed", {}};
  error.detail =
      fmt::format("{} answered {} instead: {}", what, reply.status, refusal(reply).detail);
  return error;
}

}  // namespace

Journey::Journey(std::string data, Printer& printer, Log& log)
    : data_(std::move(data)), printer_(printer), log_(log) {}

Journey::~Journey() {
  if (serving_) serving_->stop(Millis{1'000});
  if (sandbox_) sandbox_->stop();
}

Result<> Journey::run() {
  WL_CHECK(start_servers());
  WL_CHECK(make_key());
  WL_CHECK(register_app());
  WL_CHECK(ask_for_link());
  WL_CHECK(authorise());
  WL_CHECK(call_by_envelope());
  WL_CHECK(call_through_proxy());
  return let_token_expire();
}

Result<> Journey::start_servers() {
  printer_.step("A HubSpot simulator and a gateway, each on a free port");
  sandbox::Options options;
  options.auto_consent = true;
  options.access_token_ttl = std::chrono::seconds(kTokenLife);
  sandbox_ = std::make_unique<SandboxServer>(options, log_);
  WL_TRY(sandbox_url_, sandbox_->start({"127.0.0.1", 0}));
  printer_.note("wayleave sandbox --auto-consent");
  printer_.note("  sandbox listening on " + sandbox_url_);

  const OptionValues flags = {{"data", {data_}},
                              {"listen", {"127.0.0.1:0"}},
                              {"sandbox", {sandbox_url_}},
                              {"workers", {"1"}}};
  WL_TRY(config_, settle(flags, no_environment()));
  WL_TRY(serving_, Serving::start(config_, no_environment(), log_));
  gateway_url_ = serving_->url();
  printer_.note("wayleave serve --sandbox " + sandbox_url_);
  printer_.note("  wayleave listening on " + gateway_url_);
  printer_.note("  data in " + data_ + " (SQLite, root key beside it), removed at the end");

  std::vector<net::Egress::Permit> permits;
  for (const std::string& url : {sandbox_url_, gateway_url_}) {
    WL_TRY(const auto origin, net::Origin::parse(url));
    permits.push_back({origin.host, origin.port});
  }
  WL_TRY(auto tls, net::TlsContext::create({}));
  wire_ = std::make_unique<Wire>(printer_, std::move(permits), std::move(tls));
  return {};
}

Result<> Journey::make_key() {
  printer_.step("The operator makes an API key for the backend");
  printer_.note("wayleave key create --name backend --scopes proxy,connect,read,manage");
  WL_TRY(auto admin, open_local_admin(config_, no_environment(), log_));
  api::JsonWriter body;
  body.text("name", "backend").texts("scopes", {"proxy", "connect", "read", "manage"});
  WL_TRY(const auto reply, admin->call("POST", "/v1/keys", body.str()));
  if (reply.status != 201) return std::unexpected(unexpected("POST /v1/keys", reply));
  const JsonView key = JsonView::parse(reply.body);
  key_ = key.text("key");
  printer_.keep_secret(key_);
  std::ofstream(key_file()) << key_;
  printer_.note(fmt::format("  {}  {}  stored as a digest only", key.text("id"), key_));
  return {};
}

Result<std::string> Journey::backend(const std::string& method,
                                     const std::string& target,
                                     std::string body,
                                     int expected,
                                     net::Fields fields) {
  net::Outgoing request;
  request.method = method;
  request.url = gateway_url_ + target;
  request.fields = std::move(fields);
  request.fields.add("Authorization", "Bearer " + key_);
  if (!body.empty()) request.fields.add("Content-Type", "application/json");
  request.body = std::move(body);
  WL_TRY(auto reply, wire_->send("backend", std::move(request)));
  if (reply.status != expected) return std::unexpected(unexpected(method + " " + target, reply));
  return std::move(reply.body);
}

Result<> Journey::register_app() {
  printer_.step("The app that was registered at HubSpot; its secret is sealed at once");
  SystemRandom random;
  const std::string secret = random_token(random, 24);
  printer_.keep_secret(secret);
  api::JsonWriter body;
  body.text("slug", "hbDev")
      .text("provider", "hubspot-sandbox")
      .text("clientId", "demo-client")
      .text("clientSecret", secret)
      .text("appId", "1234567")
      .texts("scopes", {"oauth", "crm.objects.contacts.read", "crm.objects.contacts.write"});
  WL_CHECK(backend("POST", "/v1/apps", body.str(), 201));
  return {};
}

Result<> Journey::ask_for_link() {
  printer_.step("A customer wants to connect: the backend asks for the install link");
  WL_TRY(
      const auto body,
      backend(
          "GET", fmt::format("/api/hubspot/auth/hbDev?userForeignIdentifier={}", kUser), {}, 200));
  authorize_url_ = JsonView::parse(body).text("url");
  if (authorize_url_.empty()) {
    return fail(ErrorKind::Internal, "demo_failed", "the answer held no authorize URL");
  }
  return {};
}

Result<> Journey::authorise() {
  printer_.step("The customer's browser goes there and consents");
  WL_TRY(const auto page, wire_->browse(authorize_url_));
  if (page.status != 200) return std::unexpected(unexpected("the callback", page));
  WL_TRY(const auto body,
         backend("GET",
                 fmt::format("/api/saas-org-user/get-user/hbDev?userForeignIdentifier={}", kUser),
                 {},
                 200));
  if (!JsonView::parse(body).flag("connected")) {
    return fail(ErrorKind::Internal, "demo_failed", "the customer is not connected");
  }
  return {};
}

Result<> Journey::call_by_envelope() {
  printer_.step("The backend calls HubSpot as that customer, by the StackGo envelope");
  api::JsonWriter body;
  body.text("userForeignIdentifier", kUser).text("method", "GET").text("url", kContacts);
  WL_TRY(const auto reply, backend("POST", "/api/hubspot/proxy/hbDev", body.str(), 200));
  if (JsonView::parse(reply).member("data").list("results").empty()) {
    return fail(ErrorKind::Internal, "demo_failed", "the answer held no contacts");
  }
  return {};
}

Result<> Journey::call_through_proxy() {
  printer_.step("The same through the transparent proxy: method, path and body as they are");
  net::Fields fields;
  fields.add("Wayleave-User", kUser);
  WL_CHECK(backend("GET", std::string("/proxy/hbDev") + kContacts, {}, 200, fields));
  const std::string contact =
      R"({"properties":{"email":"ada@acme.example","firstname":"Ada","lastname":"Lovelace"}})";
  WL_CHECK(backend("POST", "/proxy/hbDev/crm/v3/objects/contacts", contact, 201, fields));
  return {};
}

Result<> Journey::let_token_expire() {
  printer_.step("Half an hour passes: the token expires and is refreshed by itself");
  net::Outgoing ahead;
  ahead.method = "POST";
  ahead.url = sandbox_url_ + "/_sandbox/clock";
  ahead.fields.add("Content-Type", "application/json");
  ahead.body = fmt::format(R"({{"advance":{}}})", kTokenLife + 60);
  WL_TRY(const auto moved, wire_->send("operator", std::move(ahead)));
  if (!moved.ok()) return std::unexpected(unexpected("the sandbox's clock", moved));
  net::Fields fields;
  fields.add("Wayleave-User", kUser);
  WL_CHECK(backend("GET", std::string("/proxy/hbDev") + kContacts, {}, 200, fields));

  net::Outgoing look;
  look.url = sandbox_url_ + "/_sandbox/stats";
  WL_TRY(const auto stats, wire_->send("operator", std::move(look)));
  const std::string refreshes = JsonView::parse(stats.body).text("refreshes");
  if (refreshes != "1") {
    return fail(ErrorKind::Internal,
                "demo_failed",
                "the simulator saw " + refreshes + " refreshes instead of 1");
  }
  printer_.note("the simulator saw exactly one refresh; the backend noticed nothing");
  return {};
}

Result<> Journey::disconnect() {
  printer_.step("The customer leaves: the grant is revoked at HubSpot and forgotten");
  WL_CHECK(
      backend("DELETE",
              fmt::format("/api/saas-org-user/delete-user/hbDev?userForeignIdentifier={}", kUser),
              {},
              200));
  net::Fields fields;
  fields.add("Wayleave-User", kUser);
  WL_CHECK(backend("GET", std::string("/proxy/hbDev") + kContacts, {}, 404, fields));
  return {};
}

}  // namespace wayleave::app::demo
