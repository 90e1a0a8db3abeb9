#include "base/embedded.hpp"
#include "base/text.hpp"
#include "connect/page_frame.hpp"
#include "connect/return_url.hpp"

namespace wayleave {

extern const Embedded connect_files[];

}  // namespace wayleave

namespace wayleave::connect {
namespace {

std::string_view sign(Notice::Tone tone) {
  switch (tone) {
    case Notice::Tone::Good:
      return "<path d=\"M8 12.5l2.8 2.8L16.2 9.4\"/>";
    case Notice::Tone::Calm:
      return "<path d=\"M12 7.6v5.2M12 16.2v.1\"/>";
    case Notice::Tone::Bad:
      return "<path d=\"M9 9l6 6M15 9l-6 6\"/>";
  }
  return "";
}

std::string_view tone_class(Notice::Tone tone) {
  switch (tone) {
    case Notice::Tone::Good:
      return "notice good";
    case Notice::Tone::Calm:
      return "notice calm";
    case Notice::Tone::Bad:
      return "notice bad";
  }
  return "notice";
}

std::string attribute(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return " data-" + std::string(name) + "=\"" + html_escape(value) + "\"";
}

/// The script that tells the opening window, with what it tells; it closes this window where there
/// is nothing more to do in it.
std::string report(const Notice& notice, const Scene& scene) {
  if (scene.opener.empty()) return {};
  const bool over =
      notice.status == "denied" || (notice.status == "connected" && scene.missing.empty());
  return "<script src=\"" + std::string(kResultScript) + "\" defer" +
         attribute("origin", scene.opener) + attribute("status", notice.status) +
         attribute("reason", notice.reason) + attribute("user", scene.user) +
         attribute("app", scene.app_slug) +
         attribute("limited", scene.missing.empty() ? "" : "yes") +
         attribute("close", over ? "yes" : "") + "></script>\n";
}

std::string paragraph(const std::string& html) { return "<p>" + html + "</p>\n"; }

/// The missing permissions and why they may be missing.
std::string shortfall(const Scene& scene, const Words& words) {
  std::vector<const Permission*> all;
  for (const Permission& each : scene.missing) all.push_back(&each);
  return permission_list(all, words) + paragraph(words.html("limited.why"));
}

std::string ways_on(const Notice& notice, const Scene& scene, const Words& words) {
  std::string out;
  if (!scene.repeat_id.empty()) {
    out += "<form method=\"post\" action=\"/connect/result/" +
           html_escape(percent_encode(scene.repeat_id)) + "\"><button type=\"submit\">" +
           words.html("page.again") + "</button></form>\n";
  }
  if (!scene.back_url.empty()) {
    out += "<p><a class=\"back\" href=\"" + html_escape(scene.back_url) + "\">" +
           words.html("page.back") + "</a></p>\n";
  } else if (notice.advice == Notice::Advice::StartAgain && scene.repeat_id.empty()) {
    out += paragraph(words.html("page.startAgain"));
  } else if (notice.advice == Notice::Advice::Close) {
    out += paragraph(words.html("page.close"));
  }
  return out;
}

}  // namespace

Page notice_page(const Notice& notice,
                 const Scene& scene,
                 const Language& language,
                 bool switchable) {
  static const Appearance none;
  const Appearance& appearance = scene.appearance ? *scene.appearance : none;
  Words words(language, appearance.texts);
  name_them(words, appearance, scene.app_slug, scene.provider_name);
  const std::string key(notice.key);

  std::string content =
      "<svg class=\"sign\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" "
      "stroke-width=\"1.6\" stroke-linecap=\"round\" stroke-linejoin=\"round\" "
      "aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>";
  content += sign(notice.tone);
  content += "</svg>\n<h1>" + words.html(key + ".title") + "</h1>\n";
  content += paragraph(words.html(key + ".text"));
  if (!scene.missing.empty()) content += shortfall(scene, words);
  if (notice.quotes && !scene.provider_text.empty()) {
    content += paragraph(words.html("page.says")) + "<blockquote>" +
               isolated(scene.provider_text, language) + "</blockquote>\n";
  }
  content += ways_on(notice, scene, words) + help_line(appearance, words);

  Frame around{.words = words,
               .appearance = appearance,
               .title = words.plain(key + ".title"),
               .main_class = tone_class(notice.tone)};
  around.script = report(notice, scene);
  around.has_form = !scene.repeat_id.empty();
  if (around.has_form) {
    around.form_origins.push_back(scene.authorize_origin);
    if (!scene.back_url.empty()) around.form_origins.push_back(origin_of(scene.back_url));
  }
  around.switchable = switchable;
  return frame(around, content);
}

std::string_view result_script() { return connect_files[1].bytes(); }

}  // namespace wayleave::connect
