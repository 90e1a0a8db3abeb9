#include <gmock/gmock.h>

#include "api/csv.hpp"
#include "api/test_api.hpp"

namespace wayleave::api {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AuditTrailRoutes : public ApiTest {
 protected:
  std::string new_key(const std::string& name) {
    const auto made = send("POST", "/v1/keys", R"({"scopes":["read"],"name":")" + name + "\"}");
    EXPECT_EQ(made.status, 201) << made.body;
    return member(made, "id");
  }
  static std::size_t count(const net::Response& page) {
    return json(page).at("data").as_array().size();
  }
  static std::string streamed(const net::Response& response) {
    std::string all;
    std::array<char, 100> part{};
    while (const std::size_t got = response.stream->read(part)) all.append(part.data(), got);
    return all;
  }
};

// LG-02: who, what, when, from where.
TEST_F(AuditTrailRoutes, ARecordTellsWhoDidWhatFromWhere) {
  const std::string maker = last_key_id_;
  const std::string id = new_key("backend");
  const net::Response page = get("/v1/audit?target=" + id);
  ASSERT_EQ(page.status, 200) << page.body;
  const auto record = json(page).at("data").at(0);
  EXPECT_EQ(record.at("action").as_string(), "key.created");
  EXPECT_EQ(record.at("actor").at("kind").as_string(), "key");
  EXPECT_EQ(record.at("actor").at("id").as_string(), maker);
  EXPECT_EQ(record.at("actor").at("name").as_string(), "test");
  EXPECT_EQ(record.at("actor").at("address").as_string(), "127.0.0.1");
  EXPECT_EQ(record.at("hash").as_string().size(), 64U);
}

TEST_F(AuditTrailRoutes, FiltersAndPagesFollowEachOther) {
  for (const auto* name : {"a", "b", "c"}) send("DELETE", "/v1/keys/" + new_key(name));
  EXPECT_EQ(count(get("/v1/audit")), 6U);
  EXPECT_EQ(count(get("/v1/audit?action=key.revoked")), 3U);
  EXPECT_EQ(count(get("/v1/audit?action=key.")), 6U);
  EXPECT_EQ(count(get("/v1/audit?q=%22B%22")), 2U) << get("/v1/audit?q=%22B%22").body;
  EXPECT_EQ(count(get("/v1/audit?since=2999-01-01T00:00:00Z")), 0U);
  const net::Response first = get("/v1/audit?action=key.&limit=4");
  const net::Response rest =
      get("/v1/audit?action=key.&limit=4&cursor=" + member(first, "nextCursor"));
  EXPECT_EQ(count(first), 4U);
  EXPECT_EQ(count(rest), 2U);
  EXPECT_EQ(member(rest, "nextCursor"), "null");
}

TEST_F(AuditTrailRoutes, RefusesBadFilters) {
  for (const char* query : {"since=yesterday",
                            "action=a%0Ab",
                            "actor=%ff",
                            "q=a&q=b",
                            "cursor=MTpub3BsYWNl",
                            "limit=0"}) {
    EXPECT_EQ(get(std::string("/v1/audit?") + query).status, 400) << query;
  }
  EXPECT_EQ(get("/v1/audit/export?format=xml").status, 400);
}

TEST_F(AuditTrailRoutes, AreForThoseWhoMayManage) {
  const std::string reader = make_key({"read", "connect", "proxy", "tokens:reveal"});
  EXPECT_EQ(as(reader, "GET", "/v1/audit").status, 403);
  EXPECT_EQ(as(reader, "GET", "/v1/audit/export").status, 403);
  EXPECT_EQ(as(reader, "POST", "/v1/audit/verify").status, 403);
}

// LG-04
TEST_F(AuditTrailRoutes, VerifyNamesTheFirstRecordThatWasEdited) {
  new_key("a");
  new_key("b");
  const net::Response good = send("POST", "/v1/audit/verify");
  EXPECT_EQ(member(good, "intact"), "true") << good.body;
  EXPECT_EQ(member(good, "records"), "2");
  EXPECT_EQ(member(good, "chainedFrom"), "1");
  EXPECT_EQ(member(good, "sealedUpTo"), "null");
  store_.sql("UPDATE audit SET actor_id = 'key_other' WHERE sequence = 2");
  const net::Response bad = send("POST", "/v1/audit/verify");
  EXPECT_EQ(member(bad, "intact"), "false");
  EXPECT_EQ(member(bad, "firstBroken"), "2");
  EXPECT_THAT(member(bad, "fault"), HasSubstr("record 2"));
}

TEST_F(AuditTrailRoutes, ExportHoldsEveryRecordAndIsRecordedItself) {
  for (int i = 0; i < 3; ++i) new_key("k");
  const net::Response lines = get("/v1/audit/export");
  ASSERT_EQ(lines.status, 200) << lines.body;
  const std::string text = streamed(lines);
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  EXPECT_EQ(lines.stream_bytes, text.size());
  EXPECT_EQ(boost::json::parse(text.substr(0, text.find('\n'))).at("sequence").as_int64(), 3);
  EXPECT_EQ(lines.fields.get("Content-Disposition"),
            "attachment; filename=\"wayleave-audit.jsonl\"");
  const net::Response table = get("/v1/audit/export?format=csv&action=audit.exported");
  EXPECT_THAT(streamed(table), AllOf(HasSubstr("actorAddress"), HasSubstr("audit.exported")));
}

// LG-04: what somebody else chose never becomes a formula or another line.
TEST(CsvLine, NeutralisesFormulasAndQuotesWhatNeedsIt) {
  EXPECT_EQ(csv_line({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(csv_line({"=1+1", "+1", "-1", "@x"}), "\"'=1+1\",\"'+1\",\"'-1\",\"'@x\"\r\n");
  EXPECT_EQ(csv_line({"\t=1", "\r=1"}), "\"'\t=1\",\"'\r=1\"\r\n");
  EXPECT_EQ(csv_line({"a,b", "a\"b", "a\r\nb"}), "\"a,b\",\"a\"\"b\",\"a\r\nb\"\r\n");
}

}  // namespace
}  // namespace wayleave::api
