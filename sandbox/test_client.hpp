#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "net/handler.hpp"
#include "sandbox/sandbox.hpp"

namespace wayleave::sandbox {

/// Calls a sandbox's handlers as the server would, without a socket. For tests.
class TestClient {
 public:
  struct Sent {
    int status = 0;
    net::Response response;
    [[nodiscard]] boost::json::value json() const { return boost::json::parse(response.body); }
    [[nodiscard]] std::string header(std::string_view name) const {
      return std::string(response.fields.get(name).value_or(""));
    }
    /// A member of the JSON body, as text.
    [[nodiscard]] std::string text(std::string_view pointer) const {
      boost::json::error_code error;
      const boost::json::value body = json();
      const auto* value = body.find_pointer(pointer, error);
      if (value == nullptr) return "(absent)";
      return value->is_string() ? std::string(value->get_string().c_str())
                                : boost::json::serialize(*value);
    }
  };
  struct Tokens {
    std::string access, refresh;
    std::uint64_t portal = 0;
  };

  static Options quick_options() {
    Options options;
    options.auto_consent = true;
    options.records = 12;
    return options;
  }

  explicit TestClient(const Options& options = quick_options())
      : router_(Sandbox(options, clock, random_).router()) {}

  Sent send(std::string method,
            std::string_view target,
            std::string body = {},
            net::Fields fields = {}) {
    net::Request request;
    request.method = std::move(method);
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    const auto mark = target.find('?');
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    request.fields = std::move(fields);
    request.fields.set("Host", "127.0.0.1:1");
    const auto match = router_->match(request.method, request.path);
    EXPECT_NE(match.route, nullptr) << target;
    request.body_bytes = body.size();
    if (match.route->sink) {
      request.body_sink = match.route->sink();
      request.body_sink->write(body);
    } else {
      request.body = std::move(body);
    }
    request.params = match.params;
    Sent sent;
    sent.response = run(match.route->handler(std::move(request)));
    sent.status = sent.response.status;
    return sent;
  }

  Sent get(std::string_view target, std::string_view token = {}) {
    return send("GET", target, "", with_token({}, token));
  }
  Sent post(std::string_view target, std::string body, std::string_view token = {}) {
    return call("POST", target, std::move(body), token);
  }
  Sent call(std::string method,
            std::string_view target,
            std::string body,
            std::string_view token = {}) {
    return send(std::move(method),
                target,
                std::move(body),
                with_token({{"Content-Type", "application/json"}}, token));
  }
  Sent form(std::string_view target, const FormFields& fields) {
    return send("POST",
                target,
                encode_form(fields),
                {{"Content-Type", "application/x-www-form-urlencoded"}});
  }

  /// The authorize URL of the usual test app.
  static std::string authorize_url(std::string_view scope, std::string_view more = {}) {
    return "/oauth/authorize?client_id=app-one&redirect_uri=" + percent_encode(kRedirect) +
           "&state=st-1&scope=" + percent_encode(scope) + std::string(more);
  }
  /// What the callback received: `code`, `state`, `error`.
  static std::map<std::string, std::string> callback(const Sent& sent) {
    const std::string url = sent.header("Location");
    EXPECT_TRUE(url.starts_with(kRedirect)) << url;
    std::map<std::string, std::string> out;
    const auto mark = url.find('?');
    if (mark == std::string::npos) return out;
    const auto fields = parse_form(url.substr(mark + 1));
    EXPECT_TRUE(fields.has_value()) << url;
    for (const auto& [name, value] : fields.value_or(FormFields{})) out[name] = value;
    return out;
  }
  std::string code_for(std::string_view scope = kScopes, std::string_view more = {}) {
    return callback(get(authorize_url(scope, more)))["code"];
  }
  Sent exchange(const std::string& code, std::string_view path = "/oauth/v3/token") {
    return form(path,
                {{"grant_type", "authorization_code"},
                 {"client_id", "app-one"},
                 {"client_secret", "secret-one"},
                 {"redirect_uri", std::string(kRedirect)},
                 {"code", code}});
  }
  Sent refresh(const std::string& token, std::string_view path = "/oauth/v3/token") {
    return form(path,
                {{"grant_type", "refresh_token"},
                 {"client_id", "app-one"},
                 {"client_secret", "secret-one"},
                 {"refresh_token", token}});
  }
  /// A whole installation.
  Tokens install(std::string_view scope = kScopes, std::string_view more = {}) {
    const Sent sent = exchange(code_for(scope, more));
    EXPECT_EQ(sent.status, 200) << sent.response.body;
    const auto body = sent.json();
    return {sent.text("/access_token"),
            sent.text("/refresh_token"),
            body.at("hub_id").to_number<std::uint64_t>()};
  }

  FakeClock clock;

  static constexpr std::string_view kRedirect = "http://127.0.0.1:9000/callback";
  static constexpr std::string_view kScopes =
      "oauth crm.objects.contacts.read crm.objects.contacts.write crm.objects.companies.read "
      "crm.objects.companies.write crm.objects.deals.read crm.objects.deals.write tickets "
      "crm.schemas.contacts.write crm.objects.owners.read forms";

 private:
  static net::Fields with_token(net::Fields fields, std::string_view token) {
    if (!token.empty()) fields.add("Authorization", "Bearer " + std::string(token));
    return fields;
  }
  static net::Response run(Task<net::Response> task) {
    boost::asio::io_context context;
    net::Response response;
    boost::asio::co_spawn(
        context, std::move(task), [&](std::exception_ptr error, net::Response answer) {
          if (error) std::rethrow_exception(error);
          response = std::move(answer);
        });
    context.run();
    return response;
  }

  SeededRandom random_{7};
  std::shared_ptr<const net::Router> router_;
};

}  // namespace wayleave::sandbox
