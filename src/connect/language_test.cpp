#include "connect/language.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"
#include "connect/words.hpp"

namespace wayleave::connect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

std::vector<std::string> sorted_placeholders(const std::string& text) {
  auto names = placeholders(text);
  std::ranges::sort(names);
  return names;
}

TEST(Languages, EnglishIsFirstAndEveryOneIsThere) {
  std::vector<std::string> tags;
  for (const Language& each : languages()) tags.push_back(each.tag);
  ASSERT_FALSE(tags.empty());
  EXPECT_EQ(tags.front(), "en");
  EXPECT_THAT(tags, IsSupersetOf({"de", "fr", "es", "pt", "it", "nl", "ja", "ar"}));
}

TEST(Languages, EveryOneHasEveryKeyWithTheSamePlaceholders) {
  const Language& english = languages().front();
  for (const Language& each : languages()) {
    EXPECT_FALSE(each.name.empty()) << each.tag;
    EXPECT_EQ(each.texts.size(), english.texts.size()) << each.tag;
    for (const auto& [key, text] : english.texts) {
      const auto own = each.texts.find(key);
      ASSERT_NE(own, each.texts.end()) << each.tag << " lacks " << key;
      EXPECT_EQ(sorted_placeholders(own->second), sorted_placeholders(text)) << each.tag << key;
      EXPECT_FALSE(trim(own->second).empty()) << each.tag << key;
      EXPECT_TRUE(is_utf8(own->second)) << each.tag << key;
      // Markup has no place in a text: all of it is escaped.
      EXPECT_EQ(own->second.find_first_of("<>&"), std::string::npos) << each.tag << key;
      EXPECT_EQ(std::ranges::count(own->second, '{'), std::ranges::count(own->second, '}'));
    }
  }
}

TEST(Languages, OnlyArabicRunsFromTheRight) {
  for (const Language& each : languages()) EXPECT_EQ(each.right_to_left, each.tag == "ar");
}

TEST(ChooseLanguage, TheOneAskedForByNameWins) {
  EXPECT_EQ(choose_language("de", "fr").tag, "de");
  EXPECT_EQ(choose_language("DE-at", "fr").tag, "de");
  EXPECT_EQ(choose_language("tlh", "fr").tag, "fr");
  EXPECT_EQ(choose_language("", "").tag, "en");
}

TEST(ChooseLanguage, TheBestOfTheBrowsersIsTaken) {
  EXPECT_EQ(choose_language("", "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5").tag, "fr");
  EXPECT_EQ(choose_language("", "en;q=0.5,de;q=0.9").tag, "de");
  EXPECT_EQ(choose_language("", "tlh, ja;q=0.3").tag, "ja");
  EXPECT_EQ(choose_language("", "pt-BR").tag, "pt");
  EXPECT_EQ(choose_language("", "de;q=0, es").tag, "es");
  EXPECT_EQ(choose_language("", "de;q=0").tag, "en");
  EXPECT_EQ(choose_language("", "de;q=x, es;q=0.1").tag, "es");
  EXPECT_EQ(choose_language("", "de;q=2, es;q=0.1").tag, "es");
}

TEST(ChooseLanguage, NonsenseMeansEnglish) {
  for (const std::string& field : {std::string(",,;;=,"),
                                   std::string("-"),
                                   std::string("*"),
                                   std::string(10'000, ','),
                                   std::string(10'000, '-'),
                                   std::string("\xff\xfe;q=1")}) {
    EXPECT_EQ(choose_language("", field).tag, "en");
    EXPECT_EQ(choose_language(field, "").tag, "en");
  }
}

TEST(Placeholders, AreNamedOnceInOrder) {
  EXPECT_THAT(placeholders("{b} and {a} and {b}"), ElementsAre("b", "a"));
  EXPECT_TRUE(placeholders("none } here {").empty());
}

class WordsTest : public ::testing::Test {
 protected:
  const Language& english_ = languages().front();
  const Language& arabic_ = *find_language("ar");
  TextOverrides own_;
};

TEST_F(WordsTest, FillInAndEscape) {
  Words words(english_, own_);
  words.set("company", "<b>A&B</b>");
  words.set("provider", "{company}");
  EXPECT_EQ(words.plain("ask.title"), "Connect {company} to <b>A&B</b>");
  // What stands in a value is never filled in again.
  EXPECT_EQ(words.html("ask.title"), "Connect {company} to &lt;b&gt;A&amp;B&lt;/b&gt;");
}

TEST_F(WordsTest, AnAppsOwnTextComesFirstInItsLanguageOnly) {
  own_["en"]["ask.title"] = "Hook up {provider} < now";
  Words words(english_, own_);
  words.set("provider", "HubSpot");
  EXPECT_EQ(words.html("ask.title"), "Hook up HubSpot &lt; now");
  Words german(*find_language("de"), own_);
  german.set("provider", "HubSpot");
  german.set("company", "Acme");
  EXPECT_EQ(german.plain("ask.title"), "HubSpot mit Acme verbinden");
}

TEST_F(WordsTest, ForeignNamesAreIsolatedSoThatTheyCannotTurnTheSentence) {
  Words arabic(arabic_, own_);
  arabic.set("company", "Acme");
  EXPECT_NE(arabic.html("ask.intro").find("<bdi>Acme</bdi>"), std::string::npos);
  Words english(english_, own_);
  english.set("company", "\xd7\x90");
  EXPECT_NE(english.html("ask.intro").find("<bdi>\xd7\x90</bdi>"), std::string::npos);
  english.set("company", "Acme");
  EXPECT_EQ(english.html("ask.intro").find("<bdi>Acme"), std::string::npos);
}

TEST_F(WordsTest, AnUnknownKeyOrPlaceholderStandsForItself) {
  const Words words(english_, own_);
  EXPECT_EQ(words.plain("no.such"), "no.such");
  EXPECT_EQ(words.plain("page.help"), "Help from {company}");
}

}  // namespace
}  // namespace wayleave::connect
