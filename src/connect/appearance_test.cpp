#include "connect/appearance.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "connect/colour.hpp"
#include "connect/installer_rig.hpp"

namespace wayleave::connect {
namespace {

using namespace std::string_literals;

TEST(Colour, IsReadFromSixHexDigitsOnly) {
  EXPECT_EQ(parse_colour("#1f5FD6"), (Colour{0x1f, 0x5f, 0xd6}));
  for (const auto* text :
       {"", "#", "#fff", "1f5fd6", "#1f5fd", "#1f5fd6a", "#1f5fdg", "red", "#1f5fd6;", "#1f5f d"}) {
    EXPECT_FALSE(parse_colour(text)) << text;
  }
}

TEST(Colour, ContrastIsAsWcagReckonsIt) {
  EXPECT_NEAR(contrast(kBlack, kWhite), 21.0, 0.001);
  EXPECT_NEAR(contrast(*parse_colour("#767676"), kWhite), 4.54, 0.01);
  EXPECT_NEAR(contrast(kWhite, *parse_colour("#1f5fd6")), 5.80, 0.1);
  EXPECT_DOUBLE_EQ(contrast(kWhite, kWhite), 1.0);
}

// WCAG 2.2, 1.4.3: whatever colour a company has, the button can be read.
TEST(Colour, TextIsReadableOnEveryColour) {
  for (int red = 0; red < 256; red += 5) {
    for (int green = 0; green < 256; green += 5) {
      for (int blue = 0; blue < 256; blue += 5) {
        const Colour ground{static_cast<std::uint8_t>(red),
                            static_cast<std::uint8_t>(green),
                            static_cast<std::uint8_t>(blue)};
        ASSERT_GE(contrast(ground, readable_on(ground)), 4.5) << red << " " << green << " " << blue;
      }
    }
  }
}

std::string png(unsigned width, unsigned height) {
  const auto big = [](unsigned n) {
    return std::string{static_cast<char>(n >> 24),
                       static_cast<char>(n >> 16),
                       static_cast<char>(n >> 8),
                       static_cast<char>(n)};
  };
  return "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s + big(width) + big(height) + "\x08\x06\0\0\0"s;
}
std::string jpeg(char width_high, char width_low) {
  return "\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x11\x08\0\x20"s + width_high + width_low + "\x03xxxx"s;
}
std::string uri(const std::string& type, const std::string& bytes) {
  return "data:" + type + ";base64," + to_base64(bytes);
}

TEST(Logo, PicturesOfTheThreeKindsAreTaken) {
  for (const auto& [type, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"image/png", png(64, 32)},
           {"image/jpeg", jpeg(0, 64)},
           {"image/webp", "RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\0\0\x1f\0\0"s},
           {"image/webp", "RIFF\x20\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x3f\xc0\x07\0\0"s},
           {"image/webp", "RIFF\x20\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x40\0\x20\0"s}}) {
    const auto logo = parse_logo(uri(type, bytes));
    ASSERT_TRUE(logo) << type << " " << logo.error().detail;
    EXPECT_EQ(logo->bytes, bytes);
    EXPECT_EQ(data_uri(*logo), uri(type, bytes));
  }
}

// AD-04: nothing that a browser might run, and nothing that fills its memory.
TEST(Logo, EverythingElseIsRefused) {
  const std::string good = png(64, 64);
  for (const std::string& text :
       {"https://evil.example/logo.png"s,
        "data:image/svg+xml;base64,"s + to_base64("<svg onload='alert(1)'/>"),
        "data:text/html;base64,"s + to_base64("<script>"),
        uri("image/svg+xml", good),
        uri("image/jpeg", good),
        uri("image/png", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        uri("image/png", good.substr(0, 18)),
        uri("image/png", png(0, 5)),
        uri("image/png", png(kLogoSideMax + 1, 5)),
        uri("image/png", png(5, 0xffffffff)),
        uri("image/jpeg", jpeg('\x7f', 0)),
        uri("image/jpeg", "\xff\xd8\xff\xe0\0\0\xff\xe0\0\0\xff\xe0\0\0"s),
        uri("image/jpeg", "\xff\xd8\xff"s),
        uri("image/webp", "RIFF\x20\0\0\0WEBPXXXX"s + std::string(20, 'x')),
        uri("image/png", good + std::string(kLogoBytesMax, 'x')),
        "data:image/png;base64,!!!"s,
        "data:image/png,"s + good,
        "data:image/png\" onerror=\"x;base64,"s + to_base64(good)}) {
    const auto logo = parse_logo(text);
    ASSERT_FALSE(logo) << text.substr(0, 60);
    EXPECT_EQ(logo.error().field, "appearance.logo");
  }
}

Error refused(const AppearanceDraft& draft) {
  const auto made = apply(Appearance{}, draft);
  return made ? Error{} : made.error();
}

TEST(Appearance, EachFieldIsCheckedAndNamed) {
  AppearanceDraft draft;
  draft.company_name = std::string(kCompanyNameBytesMax + 1, 'x');
  EXPECT_EQ(refused(draft).field, "appearance.companyName");
  draft = {};
  draft.company_name = "a\nb";
  EXPECT_EQ(refused(draft).field, "appearance.companyName");
  draft = {};
  draft.accent_color = "#12345";
  EXPECT_EQ(refused(draft).field, "appearance.accentColor");
  for (const auto* url : {"http://acme.example",
                          "javascript:alert(1)",
                          "//acme.example",
                          "https://good@evil.example",
                          "https://a.example/\"onclick",
                          "mailto:x"}) {
    draft = {};
    draft.support_url = url;
    const bool quoted = std::string_view(url).find('"') != std::string_view::npos;
    EXPECT_EQ(refused(draft).field, quoted ? "" : "appearance.supportUrl") << url;
  }
}

TEST(Appearance, OwnTextsAreForKnownLanguagesKeysAndPlaceholders) {
  const auto with = [](std::string tag, std::string key, std::string text) {
    AppearanceDraft draft;
    draft.texts.emplace()[std::move(tag)][std::move(key)] = std::move(text);
    return refused(draft);
  };
  EXPECT_EQ(with("de", "ask.title", "{provider} an {company} anschließen").field, "");
  EXPECT_EQ(with("xx", "ask.title", "x").field, "appearance.texts");
  EXPECT_EQ(with("DE", "ask.title", "x").field, "appearance.texts");
  EXPECT_EQ(with("de", "ask.next", "x").field, "appearance.texts");
  EXPECT_EQ(with("de", "no.such", "x").field, "appearance.texts");
  EXPECT_EQ(with("de", "ask.title", "{user}").field, "appearance.texts.de.ask.title");
  EXPECT_EQ(with("de", "ask.title", "").field, "appearance.texts.de.ask.title");
  EXPECT_EQ(with("de", "ask.title", "a\nb").field, "appearance.texts.de.ask.title");
  EXPECT_EQ(with("de", "ask.title", std::string(kOwnTextBytesMax + 1, 'x')).field,
            "appearance.texts.de.ask.title");
}

TEST(Appearance, WhatIsAbsentStaysAndWhatIsEmptyGoes) {
  Appearance old;
  old.company_name = "Acme";
  old.logo = {"image/png", png(1, 1)};
  old.accent_color = "#123456";
  old.support_url = "https://acme.example/help";
  old.texts["de"]["ask.title"] = "x";
  EXPECT_EQ(*apply(old, {}), old);
  AppearanceDraft draft;
  draft.company_name = draft.logo = draft.accent_color = draft.support_url = "";
  draft.texts.emplace();
  EXPECT_EQ(*apply(old, draft), Appearance{});
}

TEST(Appearance, IsReadBackAsStoredAndGoesWithItsApp) {
  Rig rig;
  Appearance made;
  made.company_name = "Acme \"<&>\" \xc3\xa4";
  made.logo = {"image/png", png(3, 4)};
  made.accent_color = "#aabbcc";
  made.support_url = "https://acme.example/help?a=b";
  made.texts["de"]["ask.title"] = "\"{provider}\" \\ \xc3\xa4";
  made.texts["ja"]["ask.button"] = "x";
  const auto find = [&] {
    auto work = [&](db::Transaction& tx) { return find_appearance(tx, rig.app.id); };
    return *rig.database().read_blocking(work);
  };
  EXPECT_EQ(find(), Appearance{});
  for (int i = 0; i < 2; ++i) {
    if (i == 1) made.logo = {};
    auto store = [&](db::Transaction& tx) {
      return store_appearance(tx, rig.app.id, made, rig.clock.now());
    };
    ASSERT_TRUE(rig.database().write_blocking(store));
    EXPECT_EQ(find(), made);
  }
  rig.remove_app();
  EXPECT_EQ(rig.texts("SELECT app FROM app_appearance").size(), 0u);
}

}  // namespace
}  // namespace wayleave::connect
