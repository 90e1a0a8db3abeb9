#pragma once
// For tests: members who sign in, as their browsers do.

#include "access/invitation.hpp"
#include "api/test_api.hpp"

namespace wayleave::api {

struct Browser {
  std::string cookie;
};

class PeopleTest : public ApiTest {
 protected:
  static constexpr const char* kPassword = "correct horse battery";

  static Browser browser_of(const net::Response& response) {
    const std::string set(response.fields.get("Set-Cookie").value_or(""));
    const auto from = set.find('=') + 1;
    EXPECT_EQ(response.status, 200) << response.body;
    return {set.substr(from, set.find(';') - from)};
  }
  /// Without credentials.
  net::Response post(const std::string& target,
                     const std::string& body,
                     const Browser& browser = {},
                     const std::string& peer = "127.0.0.1") {
    TestCall made{.method = "POST", .target = target, .body = body};
    made.authorization = "";
    made.peer = peer;
    if (!browser.cookie.empty()) {
      made.fields.add("Cookie", "__Host-wayleave_session=" + browser.cookie);
    }
    return call(std::move(made));
  }
  net::Response sign_in(const std::string& email,
                        const std::string& password,
                        const Browser& browser = {},
                        const std::string& peer = "127.0.0.1") {
    return post("/v1/session",
                R"({"email":")" + email + R"(","password":")" + password + "\"}",
                browser,
                peer);
  }
  using ApiTest::as;
  net::Response as(const Browser& browser,
                   const std::string& method,
                   const std::string& target,
                   std::string body = {}) {
    TestCall made{.method = method, .target = target, .body = std::move(body)};
    made.authorization = "";
    made.fields = {{"Cookie", "__Host-wayleave_session=" + browser.cookie},
                   {"Wayleave-Console", "1"},
                   {"Origin", kPublicUrl},
                   {"Sec-Fetch-Site", "same-origin"}};
    return call(std::move(made));
  }

  std::string set_up_token() {
    return vault::shown(
        vault::must(store_.write([&](db::Transaction& tx) {
          return shared(access::Invitations::set_up(tx, home_, store_.random, store_.clock.now()));
        }))->token);
  }
  net::Response accept(const std::string& token,
                       const std::string& email = {},
                       const std::string& name = "Somebody") {
    std::string body =
        R"({"token":")" + token + R"(","name":")" + name + R"(","password":")" + kPassword + "\"";
    if (!email.empty()) body += R"(,"email":")" + email + "\"";
    return post("/v1/invitations/accept", body + "}");
  }
  /// ann@acme.example, super admin.
  Browser first_member() { return browser_of(accept(set_up_token(), "ann@acme.example", "Ann")); }
  /// Somebody whom a member invited and who accepted.
  Browser invited(const Browser& by, const std::string& email, const std::string& role) {
    const net::Response made =
        as(by, "POST", "/v1/members", R"({"email":")" + email + R"(","role":")" + role + "\"}");
    EXPECT_EQ(made.status, 201) << made.body;
    return browser_of(accept(token_of(made)));
  }
  static std::string token_of(const net::Response& invitation) {
    const std::string url = member(invitation, "invitationUrl");
    return url.substr(url.find('#') + 1);
  }

 private:
  // What a transaction gives must be copyable.
  static Result<std::shared_ptr<access::NewInvitation>> shared(Result<access::NewInvitation> made) {
    if (!made) return std::unexpected(std::move(made).error());
    return std::make_shared<access::NewInvitation>(*std::move(made));
  }
};

}  // namespace wayleave::api
