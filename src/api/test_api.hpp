#pragma once
// For tests: every slow route over a real database and vault, with a network that tests play.

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <utility>

#include "api/idempotency.hpp"
#include "api/routes.hpp"
#include "connect/installer.hpp"
#include "gateway/request_store.hpp"
#include "vault/test_vault.hpp"

namespace wayleave::api {

/// One call of a route; what is not set is as a plain GET with the rig's key has it.
struct TestCall {
  std::string method = "GET";
  std::string target;
  std::string body = {};
  net::Fields fields = {};
  std::optional<std::string> authorization = {};  ///< instead of the rig's key
  std::string peer = "127.0.0.1";
};

class ApiTest : public vault::VaultTest {
 protected:
  ApiTest() {
    std::vector<db::Migration> all = db::migrations();
    for (const auto& room : {access::migrations(),
                             vault::migrations(),
                             connect::migrations(),
                             gateway::migrations(),
                             api::migrations()}) {
      all.insert(all.end(), room.begin(), room.end());
    }
    vault::must(store_.database->migrate(all));
    installer_ = std::make_unique<connect::Installer>(connect::Installer::Parts{
        *store_.database, vault_, store_.keys, store_.clock, store_.random, log_, kPublicUrl});
    authenticator_ =
        std::make_unique<KeyAuthenticator>(*store_.database, store_.clock, &key_watch_);
    parts_ = std::unique_ptr<Parts>(new Parts{*store_.database,
                                              store_.keys,
                                              vault_,
                                              *installer_,
                                              catalogue_,
                                              *authenticator_,
                                              store_.clock,
                                              store_.random,
                                              passwords_,
                                              throttle_,
                                              log_,
                                              kPublicUrl});
    parts_->key_watch = &key_watch_;
    add_routes(router_, *parts_);
    key_ = make_key({"proxy", "connect", "read", "manage", "tokens:reveal"});
  }

  /// A key with these scopes, in workspace `default` unless told.
  std::string make_key(const std::vector<std::string>& scopes,
                       const std::string& workspace = "default") {
    auto created = vault::must(store_.write([&](db::Transaction& tx) {
      return access::ApiKeys::create(tx,
                                     WorkspaceId(workspace),
                                     "test",
                                     vault::must(access::Scopes::parse(scopes)),
                                     std::nullopt,
                                     store_.random,
                                     store_.clock.now());
    }));
    last_key_id_ = created.key.id.str();
    return vault::shown(created.secret);
  }

  net::Response call(TestCall made) {
    net::Request request;
    request.method = made.method;
    request.target = made.target;
    const auto mark = made.target.find('?');
    request.path = made.target.substr(0, mark);
    if (mark != std::string::npos) request.query = made.target.substr(mark + 1);
    request.fields = made.fields;
    const std::string authorization = made.authorization.value_or("Bearer " + key_);
    if (!authorization.empty()) request.fields.add("Authorization", authorization);
    if (!made.body.empty() && !request.fields.get("Content-Type")) {
      request.fields.add("Content-Type", "application/json");
    }
    request.body = made.body;
    request.body_bytes = made.body.size();
    request.peer = made.peer;
    request.request_id = "req_test";
    auto match = router_.match(request.method, request.path);
    if (match.route == nullptr) {
      ADD_FAILURE() << "no route for " << made.method << " " << made.target;
      return {};
    }
    request.params = std::move(match.params);
    return run(match.route->handler(std::move(request)));
  }
  net::Response get(const std::string& target) {
    TestCall made;
    made.target = target;
    return call(std::move(made));
  }
  net::Response send(const std::string& method, const std::string& target, std::string body = {}) {
    TestCall made;
    made.method = method;
    made.target = target;
    made.body = std::move(body);
    return call(std::move(made));
  }
  net::Response as(const std::string& key, const std::string& method, const std::string& target) {
    TestCall made;
    made.method = method;
    made.target = target;
    made.authorization = "Bearer " + key;
    return call(std::move(made));
  }

  static boost::json::value json(const net::Response& response) {
    boost::json::error_code ec;
    auto value = boost::json::parse(response.body, ec);
    if (ec) ADD_FAILURE() << "no JSON: " << response.body;
    return value;
  }
  /// A top-level member as text: texts bare, anything else as JSON.
  static std::string member(const net::Response& response, const char* name) {
    const auto value = json(response);
    const auto* found = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    if (found == nullptr) return "(missing)";
    return found->is_string() ? std::string(found->get_string().c_str())
                              : boost::json::serialize(*found);
  }
  static std::string code(const net::Response& response) {
    return std::string(response.fields.get("Wayleave-Error").value_or("no error"));
  }

  static constexpr const char* kPublicUrl = "https://gateway.example";
  access::Passwords passwords_;
  access::Throttle throttle_;
  std::unique_ptr<connect::Installer> installer_;
  access::KeyWatch key_watch_;
  std::unique_ptr<KeyAuthenticator> authenticator_;
  std::unique_ptr<Parts> parts_;
  net::Router router_;
  std::string key_;
  std::string last_key_id_;
};

}  // namespace wayleave::api
