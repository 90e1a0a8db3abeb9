#include "connect/page_frame.hpp"

#include "base/bytes.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include "connect/colour.hpp"
#include "crypto/digest.hpp"

namespace wayleave {

extern const Embedded connect_files[];

}  // namespace wayleave

namespace wayleave::connect {
namespace {

/// The common rules and an app's own colour with a text colour that can be read on it; a pressed
/// button moves away from its text.
std::string style_of(const Appearance& appearance) {
  std::string style(connect_files[0].bytes());
  const auto accent = parse_colour(appearance.accent_color);
  if (!accent) return style;
  const bool white = readable_on(*accent) == kWhite;
  style += "main { --accent: " + appearance.accent_color +
           "; --on-accent: " + (white ? "#ffffff" : "#000000") +
           "; --shade: " + (white ? "rgb(0 0 0 / 14%)" : "rgb(255 255 255 / 22%)") + "; }\n";
  return style;
}

std::string policy_of(const Frame& frame, std::string_view style) {
  const crypto::Sha256 digest = crypto::sha256(style);
  std::string policy = "default-src 'none'; style-src 'sha256-" + to_base64(as_text(digest)) + "'";
  if (!frame.appearance.logo.type.empty()) policy += "; img-src data:";
  if (!frame.script.empty()) policy += "; script-src 'self'";
  policy += "; form-action ";
  policy += frame.has_form ? "'self'" : "'none'";
  bool any_https = false;
  for (const std::string& origin : frame.form_origins) {
    policy += " " + origin;
    any_https = any_https || origin.starts_with("https://");
  }
  if (any_https) policy += " https:";
  return policy + "; frame-ancestors 'none'; base-uri 'none'";
}

/// Links to the same page in the other languages; they need no script.
std::string language_choice(const Frame& frame) {
  if (!frame.switchable) return {};
  const Language& shown = frame.words.language();
  std::string out = "<details class=\"languages\"><summary>" + frame.words.html("page.language") +
                    " \u00b7 " + html_escape(shown.name) + "</summary><ul>";
  for (const Language& each : languages()) {
    if (each.tag == shown.tag) continue;
    FormFields query{{"lang", each.tag}};
    if (!frame.opener.empty()) query.emplace_back("origin", std::string(frame.opener));
    out += "<li><a href=\"?" + html_escape(encode_form(query)) + "\" lang=\"" + each.tag +
           "\" hreflang=\"" + each.tag + "\">" + html_escape(each.name) + "</a></li>";
  }
  return out + "</ul></details>\n";
}

/// Provider files are written in English; a page in another language says so (WCAG 2.2, 3.1.2).
std::string providers_words(std::string_view text, const Language& language) {
  if (&language == &languages().front()) return isolated(text, language);
  return "<bdi lang=\"" + languages().front().tag + "\">" + html_escape(text) + "</bdi>";
}

}  // namespace

void name_them(Words& words,
               const Appearance& appearance,
               std::string_view app,
               std::string_view provider) {
  const std::string company = !appearance.company_name.empty() ? appearance.company_name
                              : !app.empty()                   ? std::string(app)
                                                               : words.plain("name.company");
  words.set("company", company);
  words.set("provider", provider.empty() ? words.plain("name.provider") : std::string(provider));
}

Page frame(const Frame& frame, const std::string& content) {
  const Language& language = frame.words.language();
  const std::string style = style_of(frame.appearance);
  Page page;
  page.policy = policy_of(frame, style);
  std::string& html = page.html;
  html = "<!doctype html>\n<html lang=\"" + language.tag + "\" dir=\"";
  html += language.right_to_left ? "rtl" : "ltr";
  html +=
      "\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>";
  html += html_escape(frame.title);
  html += "</title>\n<style>";
  html += style;
  html += "</style>\n";
  html += frame.script;
  html += "</head>\n<body>\n<main class=\"";
  html += frame.main_class;
  html += "\">\n";
  html += content;
  html += "</main>\n";
  html += language_choice(frame);
  html += "</body>\n</html>\n";
  return page;
}

std::string initial_tile(std::string_view name) {
  std::size_t size = name.empty() ? 0 : 1;
  while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xc0) == 0x80) ++size;
  std::string letter(name.substr(0, size));
  if (size == 1 && letter[0] >= 'a' && letter[0] <= 'z')
    letter[0] = static_cast<char>(letter[0] - 32);
  return "<span class=\"tile\">" + html_escape(letter) + "</span>";
}

std::string company_tile(const Appearance& appearance, std::string_view name) {
  if (appearance.logo.type.empty()) return initial_tile(name);
  return "<span class=\"tile logo\"><img src=\"" + html_escape(data_uri(appearance.logo)) +
         "\" alt=\"\"></span>";
}

std::string permission_list(const std::vector<const Permission*>& permissions, const Words& words) {
  std::string list = "<ul class=\"grants\">\n";
  for (const Permission* each : permissions) {
    list += "<li>";
    list += each->thing.empty() ? providers_words(each->text, words.language())
                                : words.html("thing." + each->thing);
    if (each->optional) list += " <small>(" + words.html("ask.optional") + ")</small>";
    list += "</li>\n";
  }
  return list + "</ul>\n";
}

std::string help_line(const Appearance& appearance, const Words& words) {
  if (appearance.support_url.empty()) return {};
  return "<p class=\"small\"><a href=\"" + html_escape(appearance.support_url) +
         "\" target=\"_blank\" rel=\"noopener noreferrer\">" + words.html("page.help") +
         "</a></p>\n";
}

}  // namespace wayleave::connect
