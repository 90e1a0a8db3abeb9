#include <algorithm>

#include "vault/test_vault.hpp"

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

class GrantTest : public VaultTest {
 protected:
  Grant identified(const App& app, std::map<std::string, std::string> extra) {
    Grant made = grant(app, "ann", "access-0", "refresh-0");
    made.tokens.extra = std::move(extra);
    return run(vault_.identify(std::move(made)));
  }
  const access::Actor operator_{"key", "key_7", "192.0.2.1"};
};

TEST_F(GrantTest, ExchangeSendsCodeRedirectAndVerifier) {
  net_.answer_with(tokens_answer("access-0", "refresh-0"));
  const auto outcome =
      run(vault_.exchange(steady_, "code-1", "https://gw.example/cb", secret("verifier-1")));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(shown(outcome->access_token), "access-0");
  const auto call = net_.calls().at(0);
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "https://steady.example/token");
  EXPECT_EQ(net_.field(0, "grant_type"), "authorization_code");
  EXPECT_EQ(net_.field(0, "code"), "code-1");
  EXPECT_EQ(net_.field(0, "redirect_uri"), "https://gw.example/cb");
  EXPECT_EQ(net_.field(0, "code_verifier"), "verifier-1");
  EXPECT_EQ(net_.field(0, "client_id"), "client-of-steady");
  EXPECT_EQ(net_.field(0, "client_secret"), "canary-client-secret");
}

TEST_F(GrantTest, ExchangeOfAnAppChangedMeanwhileDoesNotUseAnotherSecret) {
  must(store_.write([&](db::Transaction& tx) {
    AppDraft draft;
    draft.client_secret = secret("other");
    return vault_.apps().update(tx, home_, "steady", std::move(draft), store_.clock.now());
  }));
  EXPECT_FALSE(run(vault_.exchange(steady_, "code-1", "https://gw.example/cb", {})));
  EXPECT_EQ(net_.count(), 0U);
}

TEST_F(GrantTest, AccountComesFromTheTokenAnswer) {
  const auto made = identified(steady_, {{"hub_id", "42"}, {"region", "eu"}, {"other", "x"}});
  EXPECT_EQ(made.external_account, "42");
  EXPECT_EQ(made.callback_metadata,
            (std::map<std::string, std::string>{{"hub_id", "42"}, {"region", "eu"}}));
  EXPECT_EQ(net_.count(), 0U);
}

TEST_F(GrantTest, AccountComesFromTheLookUpOtherwise) {
  net_.answer_with(answer(200, R"({"account": 77, "name": "n"})"));
  EXPECT_EQ(identified(rotating_, {}).external_account, "77");
  const auto call = net_.calls().at(0);
  EXPECT_EQ(call.url, "https://rotating.example/me");
  EXPECT_EQ(call.fields.get("Authorization"), "Bearer access-0");
}

TEST_F(GrantTest, FailedLookUpLeavesTheAccountEmpty) {
  for (const auto& failure : {answer(500, "{}"),
                              answer(200, "<html>", "text/html"),
                              answer(200, R"({"account": {"a": 1}})"),
                              answer(200, R"({"account": "a\nb"})"),
                              no_answer(net::Reached::Nothing)}) {
    net_.answer_with(failure);
    EXPECT_EQ(identified(rotating_, {}).external_account, "");
  }
}

TEST_F(GrantTest, ScopesAskedForAndNotGrantedAreVisible) {  // OA-21
  auto made = grant(steady_, "ann", "a", "r");
  EXPECT_TRUE(must(keep(made)).missing_scopes.empty());
  made.tokens.scopes = {"oauth", "bonus"};
  const auto limited = must(keep(made));
  EXPECT_EQ(limited.granted_scopes, (std::vector<std::string>{"oauth", "bonus"}));
  EXPECT_EQ(limited.missing_scopes, (std::vector<std::string>{"contacts"}));
}

TEST_F(GrantTest, ReconnectWithAnotherAccountIsRefused) {  // OA-25
  auto made = grant(steady_, "ann", "mine", "refresh-mine");
  made.external_account = "42";
  const auto first = must(keep(made));
  auto other = grant(steady_, "ann", "theirs", "refresh-theirs");
  for (const std::string account : {"43", ""}) {
    other.external_account = account;
    EXPECT_EQ(code_of(keep(other)), "account_mismatch") << account;
  }
  EXPECT_EQ(stored_tokens(steady_).first, "mine");
  other.external_account = "43";
  other.allow_account_change = true;
  EXPECT_EQ(must(keep(other)).id, first.id);
  EXPECT_EQ(stored_tokens(steady_).first, "theirs");
}

TEST_F(GrantTest, ReconnectWithoutRefreshTokenKeepsTheGoodOldOne) {  // TK-12
  connect(steady_);
  must(keep(grant(steady_, "ann", "access-9", "")));
  EXPECT_EQ(stored_tokens(steady_), std::pair(std::string("access-9"), std::string("refresh-0")));
}

TEST_F(GrantTest, ReconnectHealsADamagedConnection) {
  connect(steady_);
  store_.sql("UPDATE connection SET access_token = refresh_token");
  must(keep(grant(steady_, "ann", "access-9", "refresh-9")));
  EXPECT_EQ(shown(must(credential(steady_)).access_token), "access-9");
}

TEST_F(GrantTest, DisconnectRemovesAtOnceAndRevokesTheRefreshToken) {  // OA-22
  const auto connection = connect(steady_);
  net_.answer_with([&](const net::Outgoing&) {
    EXPECT_TRUE(store_.rows("SELECT id FROM connection").empty());  // gone before it is revoked
    return answer(200, "");
  });
  const auto done = must(run(vault_.disconnect(home_, connection.id, operator_)));
  EXPECT_TRUE(done.revoked);
  EXPECT_EQ(net_.calls().at(0).url, "https://steady.example/revoke");
  EXPECT_EQ(net_.field(0, "token"), "refresh-0");
  EXPECT_EQ(net_.field(0, "token_type_hint"), "refresh_token");
  EXPECT_EQ(audited(), (std::vector<std::string>{"connection.disconnected", "connection.revoked"}));
  EXPECT_EQ(store_.rows("SELECT actor_id FROM audit ORDER BY sequence")[0][0].text(), "key_7");
  EXPECT_EQ(code_of(run(vault_.disconnect(home_, connection.id, operator_))),
            "connection_not_found");
}

TEST_F(GrantTest, DisconnectStandsWhenTheProviderCannotBeReached) {  // OA-22
  const auto connection = connect(steady_);
  net_.answer_with(no_answer(net::Reached::Nothing));
  EXPECT_FALSE(must(run(vault_.disconnect(home_, connection.id))).revoked);
  EXPECT_EQ(code_of(credential(steady_)), "connection_not_found");
  EXPECT_EQ(
      store_.rows("SELECT detail FROM audit WHERE action = 'connection.revoked'")[0][0].text(),
      R"({"revoked":"no"})");
}

TEST_F(GrantTest, DamagedConnectionCanStillBeDisconnected) {
  const auto connection = connect(steady_);
  store_.sql("UPDATE connection SET access_token = refresh_token");
  EXPECT_FALSE(must(run(vault_.disconnect(home_, connection.id))).revoked);
  EXPECT_TRUE(store_.rows("SELECT id FROM connection").empty());
}

TEST_F(GrantTest, TokensGrantedWhileDisconnectingDoNotLiveOn) {
  const auto connection = connect(steady_);
  expire();
  net_.answer_with([&](const net::Outgoing& call) {
    if (call.url.ends_with("/revoke")) return answer(200, "");
    must(store_.write([&](db::Transaction& tx) {
      return vault_.connections().remove(tx, connection, store_.clock.now());
    }));
    return tokens_answer("access-1", "refresh-1");
  });
  EXPECT_EQ(code_of(credential(steady_)), "connection_not_found");
  ASSERT_EQ(net_.count(), 2U);
  EXPECT_EQ(net_.field(1, "token"), "refresh-1");
}

TEST_F(GrantTest, OtherWorkspaceCannotDisconnectRefreshOrReveal) {  // PX-09
  const auto connection = connect(steady_);
  const WorkspaceId other{"other"};
  EXPECT_EQ(code_of(run(vault_.disconnect(other, connection.id))), "connection_not_found");
  EXPECT_EQ(code_of(run(vault_.refresh_now(other, connection.id))), "connection_not_found");
  EXPECT_EQ(code_of(run(vault_.reveal(other, connection.id, 0s, operator_))),
            "connection_not_found");
  EXPECT_TRUE(credential(steady_));
}

TEST_F(GrantTest, RevealIsRecordedWithItsActor) {  // VT-10, LG-02
  const auto connection = connect(steady_);
  const auto given = must(run(vault_.reveal(home_, connection.id, 60s, operator_)));
  EXPECT_EQ(shown(given.access_token), "access-0");
  const auto rows = store_.rows("SELECT action, actor_id, actor_address, target FROM audit");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0][0].text(), "token.revealed");
  EXPECT_EQ(rows[0][1].text(), "key_7");
  EXPECT_EQ(rows[0][3].text(), connection.id.str());
}

TEST_F(GrantTest, NoRecordNoToken) {  // LG-03
  const auto connection = connect(steady_);
  store_.sql("DROP TABLE audit");
  EXPECT_FALSE(run(vault_.reveal(home_, connection.id, 0s, operator_)));
}

TEST_F(GrantTest, RevealedTokenLivesLongEnoughOrIsNotGiven) {  // TK-25
  const auto connection = connect(steady_);
  store_.clock.advance(25min);
  net_.answer_with(tokens_answer("access-1", "", 1800));
  const auto given = must(run(vault_.reveal(home_, connection.id, 10min, operator_)));
  EXPECT_EQ(shown(given.access_token), "access-1");
  const auto refused = run(vault_.reveal(home_, connection.id, 2h, operator_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "minValidity");
  EXPECT_EQ(audited().size(), 1U);
}

}  // namespace
}  // namespace wayleave::vault
