#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "api/test_people.hpp"

namespace wayleave::api {
namespace {

// LG-02: every route that changes state or shows a secret leaves a record. A new route that may
// write belongs into this table, with the action it records or the reason why it records none.
class AuditTable : public PeopleTest {
 protected:
  struct Row {
    std::string method;
    std::string pattern;
    std::string action;                   ///< or, without `call`, why there is none
    std::function<net::Response()> call;  ///< does it
  };

  [[nodiscard]] std::vector<Row> key_rows() {
    return {{"POST",
             "/v1/keys",
             "key.created",
             [this] { return send("POST", "/v1/keys", R"({"name":"k","scopes":["read"]})"); }},
            {"PATCH",
             "/v1/keys/{}",
             "key.updated",
             [this] { return send("PATCH", "/v1/keys/" + spare_key(), R"({"name":"n"})"); }},
            {"POST",
             "/v1/keys/{}/rotate",
             "key.rotated",
             [this] { return send("POST", "/v1/keys/" + spare_key() + "/rotate"); }},
            {"DELETE",
             "/v1/keys/{}",
             "key.revoked",
             [this] { return send("DELETE", "/v1/keys/" + spare_key()); }},
            {"POST", "/api/oauth/token", "token.issued", [this] {
               return post("/api/oauth/token",
                           R"({"grant_type":"client_credentials","client_id":")" + last_key_id_ +
                               R"(","client_secret":")" + key_ + "\"}");
             }}};
  }
  [[nodiscard]] std::vector<Row> app_rows() {
    return {{"POST",
             "/v1/apps",
             "app.created",
             [this] {
               return send("POST",
                           "/v1/apps",
                           R"({"slug":"made","provider":"steady","clientId":"c",
                               "clientSecret":"s-123456789012","scopes":["a"]})");
             }},
            {"PATCH",
             "/v1/apps/{}",
             "app.updated",
             [this] { return send("PATCH", "/v1/apps/made", R"({"clientId":"other"})"); }},
            {"DELETE", "/v1/apps/{}", "app.deleted", [this] {
               return send("DELETE", "/v1/apps/made");
             }}};
  }
  [[nodiscard]] std::vector<Row> connection_rows() {
    return {
        {"POST",
         "/v1/install-links",
         "link.created",
         [this] { return send("POST", "/v1/install-links", R"({"app":"steady","user":"eve"})"); }},
        {"GET",
         "/api/{}/auth/{}",
         "link.created",
         [this] { return get("/api/steady/auth/steady?userForeignIdentifier=eve"); }},
        {"POST",
         "/v1/connections/{}/refresh",
         "connection.refresh_asked",
         [this] {
           net_.answer_with(vault::tokens_answer("access-1", "refresh-1"));
           return send("POST", "/v1/connections/" + connected("ann") + "/refresh");
         }},
        {"GET",
         "/v1/connections/{}/token",
         "token.revealed",
         [this] { return get("/v1/connections/" + connected("bob") + "/token"); }},
        {"DELETE",
         "/v1/connections/{}",
         "connection.disconnected",
         [this] {
           net_.answer_with(vault::answer(200, "{}"));
           return send("DELETE", "/v1/connections/" + connected("cid"));
         }},
        {"DELETE",
         "/api/saas-org-user/delete-user/{}",
         "connection.disconnected",
         [this] {
           connected("dan");
           return send("DELETE", "/api/saas-org-user/delete-user/steady?userForeignIdentifier=dan");
         }},
        {"GET", "/{}/{}/callback", "connection.connected and the like: connect/callback", {}},
        {"POST", "/connect/{}", "the callback tells how it ended", {}}};
  }
  [[nodiscard]] std::vector<Row> member_rows() {
    return {
        {"POST",
         "/v1/members",
         "member.created",
         [this] {
           return as(
               ann_, "POST", "/v1/members", R"({"email":"new@acme.example","role":"viewer"})");
         }},
        {"PATCH",
         "/v1/members/{}",
         "member.changed",
         [this] {
           return as(ann_, "PATCH", "/v1/members/" + spare_member(), R"({"role":"admin"})");
         }},
        {"POST",
         "/v1/members/{}/invitation",
         "member.invited",
         [this] { return as(ann_, "POST", "/v1/members/" + spare_member() + "/invitation"); }},
        {"DELETE",
         "/v1/members/{}",
         "member.deleted",
         [this] { return as(ann_, "DELETE", "/v1/members/" + spare_member()); }},
        {"POST", "/v1/invitations/view", "shows what the invitation says", {}},
        {"POST",
         "/v1/invitations/accept",
         "member.joined",
         [this] {
           return accept(token_of(as(
               ann_, "POST", "/v1/members", R"({"email":"joins@acme.example","role":"viewer"})")));
         }},
        {"POST",
         "/v1/session",
         "session.created",
         [this] { return sign_in("ann@acme.example", kPassword); }},
        {"DELETE", "/v1/session", "session.ended", [this] {
           const Browser here = browser_of(sign_in("ann@acme.example", kPassword));
           return as(here, "DELETE", "/v1/session");
         }}};
  }
  [[nodiscard]] std::vector<Row> own_rows() {
    return {{"PATCH",
             "/v1/me",
             "member.changed",
             [this] { return as(ann_, "PATCH", "/v1/me", R"({"name":"Other"})"); }},
            {"DELETE",
             "/v1/me/sessions/{}",
             "session.ended",
             [this] {
               const Browser here = browser_of(sign_in("ann@acme.example", kPassword));
               const auto sessions = json(as(here, "GET", "/v1/me/sessions")).at("data").as_array();
               for (const auto& session : sessions) {
                 if (!session.at("current").as_bool()) continue;
                 const std::string id(session.at("id").as_string().c_str());
                 return as(ann_, "DELETE", "/v1/me/sessions/" + id);
               }
               net::Response none;
               none.status = 500;
               return none;
             }},
            {"POST",
             "/v1/session/confirm",
             "session.confirmed",
             [this] {
               return as(ann_,
                         "POST",
                         "/v1/session/confirm",
                         std::string(R"({"password":")") + kPassword + "\"}");
             }},
            {"POST",
             "/v1/session/call-token",
             "token.issued",
             [this] { return as(ann_, "POST", "/v1/session/call-token"); }},
            {"POST", "/v1/me/totp", "nothing counts before it is confirmed", {}},
            {"POST", "/v1/me/totp/confirm", "totp.enrolled: second_factor_test", {}},
            {"DELETE", "/v1/me/totp", "totp.removed: second_factor_test", {}},
            {"DELETE", "/v1/members/{}/totp", "totp.removed: second_factor_test", {}},
            {"POST", "/v1/me/recovery-codes", "recovery_code.renewed: second_factor_test", {}}};
  }
  [[nodiscard]] std::vector<Row> other_rows() {
    return {
        {"PATCH",
         "/v1/settings",
         "settings.changed",
         [this] { return as(ann_, "PATCH", "/v1/settings", R"({"companyName":"Acme"})"); }},
        {"POST", "/connect/result/{}", "begins a flow anew; the callback tells how it ended", {}},
        {"POST", "/v1/audit/verify", "only reads", {}},
        {"GET", "/v1/audit/export", "audit.exported", [this] { return get("/v1/audit/export"); }}};
  }
  [[nodiscard]] std::vector<Row> rows() {
    std::vector<Row> all;
    for (auto& some :
         {key_rows(), app_rows(), connection_rows(), member_rows(), own_rows(), other_rows()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  Browser ann_;

 private:
  std::string spare_key() {
    return member(send("POST", "/v1/keys", R"({"name":"spare","scopes":["read"]})"), "id");
  }
  std::string spare_member() {
    const std::string email = "spare" + std::to_string(++spares_) + "@acme.example";
    return member(
        as(ann_, "POST", "/v1/members", R"({"email":")" + email + R"(","role":"viewer"})"), "id");
  }
  std::string connected(const std::string& user) { return connect(steady_, user).id.str(); }
  int spares_ = 0;
};

TEST_F(AuditTable, HoldsEveryRouteThatMayWrite) {
  std::set<std::string> known;
  for (const Row& row : rows()) {
    EXPECT_TRUE(known.insert(row.method + " " + row.pattern).second) << row.pattern;
  }
  std::set<std::string> there;
  for (const auto& [method, pattern] : router_.names()) {
    const std::string name = method + " " + pattern;
    there.insert(name);
    const bool reads = method == "GET" || method == "HEAD";
    EXPECT_TRUE(reads || known.contains(name))
        << name << " may write: say in this table what it records";
  }
  for (const std::string& name : known) EXPECT_TRUE(there.contains(name)) << name << " is gone";
}

TEST_F(AuditTable, EachLeavesItsRecordWithWhoAndFromWhere) {
  ann_ = first_member();
  for (const Row& row : rows()) {
    if (!row.call) continue;
    const std::size_t before = audited().size();
    const net::Response response = row.call();
    EXPECT_LT(response.status, 400) << row.method << " " << row.pattern << ": " << response.body;
    const auto written = store_.rows(
        "SELECT actor_kind, actor_address, actor_name, detail FROM audit "
        "WHERE sequence > $1 AND action = $2",
        {static_cast<std::int64_t>(before), row.action});
    ASSERT_EQ(written.size(), 1U) << row.method << " " << row.pattern << " leaves no "
                                  << row.action;
    EXPECT_THAT(written[0][0].text(), testing::AnyOf("key", "member")) << row.pattern;
    EXPECT_EQ(written[0][1].text(), "127.0.0.1") << row.pattern;
    EXPECT_NE(written[0][2].text(), "") << row.pattern;
  }
}

TEST_F(AuditTable, ARecordOfAChangeTellsWhatWasAndWhatIs) {
  ann_ = first_member();
  for (const Row& row : rows()) {
    const bool changes = row.action.ends_with(".updated") || row.action.ends_with(".changed") ||
                         row.action.ends_with(".created") || row.action.ends_with(".deleted");
    if (!row.call || !changes || row.pattern.find("session") != std::string::npos ||
        row.action == "link.created") {
      continue;
    }
    row.call();
    const auto last = store_.rows(
        "SELECT detail FROM audit WHERE action = $1 ORDER BY sequence DESC", {row.action});
    const auto detail = boost::json::parse(last.at(0)[0].text()).as_object();
    ASSERT_TRUE(detail.contains("before") && detail.contains("after")) << row.pattern;
    EXPECT_NE(detail.at("before"), detail.at("after")) << row.pattern;
  }
}

// LG-01: what was set anew is named and not told.
TEST_F(AuditTable, SecretsAreBlanked) {
  for (const Row& row : app_rows()) {
    if (row.method == "POST") row.call();
  }
  EXPECT_EQ(send("PATCH", "/v1/apps/made", R"({"clientSecret":"s-another-secret-1"})").status, 200);
  const auto records = store_.rows("SELECT detail FROM audit ORDER BY sequence");
  for (const auto& record : records) {
    EXPECT_THAT(record[0].text(), testing::Not(testing::HasSubstr("s-another-secret-1")));
    EXPECT_THAT(record[0].text(), testing::Not(testing::HasSubstr("s-123456789012")));
  }
  const auto detail = boost::json::parse(records.back()[0].text());
  for (const char* side : {"before", "after"}) {
    EXPECT_EQ(boost::json::serialize(detail.at(side)), "{\"clientSecret\":\"(blanked)\"}");
  }
}

}  // namespace
}  // namespace wayleave::api
