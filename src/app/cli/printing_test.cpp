#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "app/cli/json_view.hpp"
#include "app/cli/table.hpp"
#include "app/demo/wire.hpp"

namespace wayleave::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Table, AlignsColumnsByWhatIsSeen) {
  std::ostringstream out;
  cli::print_table(out, {"A", "LONGER"}, {{"é", "x"}, {"abc", "y"}});
  EXPECT_EQ(out.str(), "A    LONGER\né    x\nabc  y\n");
}

// Stored text cannot steer the terminal.
TEST(Table, ReplacesControlCharacters) {
  std::ostringstream out;
  cli::print_table(out, {"A"}, {{"a\x1b[31m\nb"}});
  EXPECT_EQ(out.str(), "A\na?[31m?b\n");
  std::ostringstream facts;
  cli::print_facts(facts, {{"name", "v\r"}, {"empty", ""}});
  EXPECT_EQ(facts.str(), "name  v?\n");
}

TEST(JsonView, GivesWhatIsThereAndNothingElse) {
  const auto view =
      cli::JsonView::parse(R"({"t":"x","n":5,"b":true,"z":null,"l":["a"],"o":{"k":"v"}})");
  EXPECT_EQ(view.text("t"), "x");
  EXPECT_EQ(view.text("n"), "5");
  EXPECT_TRUE(view.flag("b"));
  EXPECT_EQ(view.text("z"), "");
  EXPECT_EQ(view.text("missing"), "");
  EXPECT_EQ(view.texts("l").size(), 1U);
  EXPECT_EQ(view.member("o").text("k"), "v");
  EXPECT_FALSE(cli::JsonView::parse("{").valid());
  EXPECT_EQ(cli::JsonView::parse("[").text("x"), "");
}

TEST(PrettyJson, LaysOutAndLeavesOtherTextAlone) {
  EXPECT_EQ(cli::pretty_json(R"({"a":[1,{"b":[]}],"c":{}})"),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}");
  EXPECT_EQ(cli::pretty_json("no json"), "no json");
}

// LG-01: what the demo shows holds no key, code, state or token.
TEST(Blank, HidesSecretsInUrlsHeadersAndBodies) {
  const std::vector<std::string> secrets = {"wlk_0123", "app-secret"};
  const auto shown = [&](const char* text) { return demo::blank(text, secrets); };
  EXPECT_EQ(shown("Bearer wlk_0123"), "Bearer wlk_•••");
  EXPECT_EQ(shown("http://a/c?code=abc&state=x-y_z#f"), "http://a/c?code=•••&state=•••#f");
  EXPECT_EQ(shown("/o?a=1&code_challenge=q&code_challenge_method=S256"),
            "/o?a=1&code_challenge=•••&code_challenge_method=S256");
  EXPECT_EQ(shown("http://a/connect/token-1"), "http://a/connect/•••");
  EXPECT_EQ(shown("http://a/connect/result/flw_1"), "http://a/connect/result/flw_1");
  EXPECT_EQ(shown(R"({"clientSecret":"app-secret","access_token":"t","key":"k"})"),
            R"({"clientSecret":"•••","access_token":"•••","key":"•••"})");
  EXPECT_EQ(shown("app-secret app-secret"), "••• •••");
}

TEST(Printer, ShortensBodiesAndNamesPages) {
  std::ostringstream out;
  demo::Printer printer(out, false);
  printer.keep_secret("hidden-value");
  net::Outgoing request;
  request.method = "POST";
  request.url = "http://a/b";
  request.fields = {{"Authorization", "Bearer hidden-value"}, {"X-Other", "not shown"}};
  request.body = "hidden-value" + std::string(1000, 'x');
  printer.request("backend", request);
  printer.response(Reply{200, {{"Content-Type", "text/html"}}, "<p>hidden-value</p>"});
  EXPECT_THAT(out.str(), HasSubstr("POST http://a/b"));
  EXPECT_THAT(out.str(), HasSubstr("(1012 bytes)"));
  EXPECT_THAT(out.str(), HasSubstr("(a page)"));
  EXPECT_THAT(out.str(), Not(HasSubstr("hidden-value")));
  EXPECT_THAT(out.str(), Not(HasSubstr("not shown")));
  EXPECT_THAT(out.str(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace wayleave::app
