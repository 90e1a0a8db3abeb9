#include <fmt/core.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "app/admin.hpp"
#include "app/blocking.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "gateway/destination.hpp"
#include "net/client.hpp"
#include "net/egress.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"

namespace wayleave::app {
namespace {

namespace json = boost::json;

constexpr Millis kTimeout{90'000};
constexpr std::size_t kAnswerMax = 64 << 20;

std::string text_of(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string().c_str()) : "";
}

Result<json::object> parse_object(const Reply& reply) {
  json::error_code ec;
  json::value value = json::parse(reply.body, ec);
  if (ec || !value.is_object()) {
    return fail(ErrorKind::Retry, "upstream_invalid", "the server did not answer with JSON");
  }
  return std::move(value.get_object());
}

class RemoteAdmin final : public Admin {
 public:
  RemoteAdmin(std::string server, const net::Origin& origin, net::TlsContext tls, SecretString key)
      : server_(std::move(server)),
        key_(std::move(key)),
        egress_({{origin.host, origin.port}}),
        resolver_(clock_, Millis{10'000}),
        tls_(std::move(tls)),
        client_(net::make_client({&egress_, &resolver_, &tls_})) {}

  Result<Reply> call(std::string method, std::string target, std::string body) override {
    net::Outgoing out;
    out.method = std::move(method);
    if (!body.empty()) out.fields.add("Content-Type", "application/json");
    out.body = std::move(body);
    return send(std::move(out), target);
  }

  Result<Reply> provider_call(ProviderCall call) override {
    net::Outgoing out;
    std::string path = call.url;
    if (!path.starts_with('/')) {
      WL_TRY(const auto place, locate(call));
      out.fields.add("Wayleave-Base", place.first);
      path = place.second;
    }
    for (const auto& [name, value] : call.fields) out.fields.add(name, value);
    out.method = std::move(call.method);
    out.body = std::move(call.body);
    return send(
        std::move(out),
        fmt::format("/proxy/{}/@{}{}", percent_encode(call.app), percent_encode(call.user), path));
  }

 private:
  Result<Reply> send(net::Outgoing out, const std::string& target) {
    out.url = server_ + target;
    out.timeout = kTimeout;
    out.answer_bytes_max = kAnswerMax;
    key_.expose([&](std::string_view key) {
      out.fields.set("Authorization", "Bearer " + std::string(key));
    });
    auto answer = loop_.run(client_->call(std::move(out)));
    if (!answer) {
      Error error = std::move(answer).error().error;
      error.detail = fmt::format("cannot reach {}: {}", server_, error.detail);
      return std::unexpected(std::move(error));
    }
    return Reply{answer->status, std::move(answer->fields), std::move(answer->body)};
  }

  /// The host's name and the path below it, for an absolute URL.
  Result<std::pair<std::string, std::string>> locate(const ProviderCall& call) {
    WL_TRY(const auto app, get("/v1/apps/" + percent_encode(call.app)));
    WL_TRY(const auto provider, get("/v1/providers/" + percent_encode(text_of(app, "provider"))));
    provider::Provider described;
    if (const json::value* hosts = provider.if_contains("hosts"); hosts && hosts->is_array()) {
      for (const json::value& host : hosts->get_array()) {
        if (!host.is_object()) continue;
        described.hosts.push_back(
            {text_of(host.get_object(), "name"), text_of(host.get_object(), "baseUrl")});
      }
    }
    WL_TRY(const auto hosts, gateway::allowed_hosts(described));
    gateway::Destination destination;
    WL_CHECK(gateway::choose_destination(hosts, call.url, destination));
    std::string path = destination.target.substr(destination.host->prefix.size());
    if (!path.starts_with('/')) path = "/" + path;
    return std::pair(destination.host->name, std::move(path));
  }

  Result<json::object> get(const std::string& target) {
    WL_TRY(const auto reply, call("GET", target, {}));
    if (!reply.ok()) return std::unexpected(refusal(reply));
    return parse_object(reply);
  }

  Loop loop_;  // outlives the client
  std::string server_;
  SecretString key_;
  SystemClock clock_;
  net::Egress egress_;
  net::Resolver resolver_;
  net::TlsContext tls_;
  std::unique_ptr<net::Client> client_;
};

}  // namespace

Error refusal(const Reply& reply) {
  Error error{ErrorKind::Reject, "unexpected", fmt::format("status {}", reply.status)};
  json::error_code ec;
  const json::value value = json::parse(reply.body, ec);
  if (ec || !value.is_object()) return error;
  const json::object& object = value.get_object();
  if (const std::string code = text_of(object, "code"); !code.empty()) error.code = code;
  if (const std::string detail = text_of(object, "detail"); !detail.empty()) error.detail = detail;
  error.field = text_of(object, "field");
  if (reply.status >= 500) {
    error.detail += " (request " + text_of(object, "requestId") + ", see the log)";
  }
  return error;
}

Result<std::unique_ptr<Admin>> open_remote_admin(const std::string& server,
                                                 SecretString key,
                                                 const std::string& ca_file) {
  std::string base = server;
  while (base.ends_with('/')) base.pop_back();
  const auto origin = net::Origin::parse(base);
  if (!origin) return reject("server", "--server: must be a URL such as http://127.0.0.1:8080");
  WL_TRY(auto tls, net::TlsContext::create({ca_file}));
  return std::make_unique<RemoteAdmin>(std::move(base), *origin, std::move(tls), std::move(key));
}

}  // namespace wayleave::app
