#include "base/text.hpp"
#include "connect/page_frame.hpp"

namespace wayleave::connect {
namespace {

std::string_view host_of(std::string_view origin) {
  const auto mark = origin.find("://");
  return mark == std::string_view::npos ? origin : origin.substr(mark + 3);
}

/// What is asked, what only reads apart from what changes.
std::string groups(const Ask& ask, const Words& words) {
  std::string out;
  const auto add = [&](Permission::Kind kind, std::string_view heading) {
    std::vector<const Permission*> those;
    for (const Permission& each : ask.permissions) {
      if (each.kind == kind) those.push_back(&each);
    }
    if (those.empty()) return;
    out += "<h2>" + words.html(heading) + "</h2>\n" + permission_list(those, words);
  };
  add(Permission::Kind::Read, "ask.read");
  add(Permission::Kind::Change, "ask.change");
  add(Permission::Kind::Other, "ask.other");
  return out;
}

std::string next_steps(const Ask& ask, const Words& words) {
  std::string out = "<h2>" + words.html("ask.next") + "</h2>\n<ol>\n<li>" +
                    words.html("ask.signIn") + "</li>\n<li>" + words.html("ask.decide") + "</li>\n";
  if (!ask.opener.empty() || !ask.return_origin.empty()) {
    out += "<li>" + words.html("ask.return") + "</li>\n";
  }
  return out + "</ol>\n<p class=\"small\">" + words.html("ask.takeBack") + "</p>\n";
}

}  // namespace

Page ask_page(const Ask& ask, const Language& language) {
  Words words(language, ask.appearance.texts);
  name_them(words, ask.appearance, ask.app, ask.provider_name);
  words.set("host", host_of(ask.authorize_origin));
  words.set("site", host_of(ask.opener.empty() ? ask.return_origin : ask.opener));
  const std::string& company =
      ask.appearance.company_name.empty() ? std::string(ask.app) : ask.appearance.company_name;

  std::string content = "<div class=\"pair\" aria-hidden=\"true\">" +
                        company_tile(ask.appearance, company) + "<i></i>" +
                        initial_tile(ask.provider_name) + "</div>\n<h1>" + words.html("ask.title") +
                        "</h1>\n<p class=\"lead\">" + words.html("ask.intro") + "</p>\n";
  content += groups(ask, words);
  content += "<form method=\"post\"><button type=\"submit\">" + words.html("ask.button") +
             "</button></form>\n";
  content += next_steps(ask, words) + help_line(ask.appearance, words);

  Frame around{.words = words,
               .appearance = ask.appearance,
               .title = words.plain("ask.title"),
               .main_class = "ask"};
  around.has_form = true;
  around.form_origins.emplace_back(ask.authorize_origin);
  if (!ask.return_origin.empty()) around.form_origins.emplace_back(ask.return_origin);
  around.switchable = true;
  around.opener = ask.opener;
  return frame(around, content);
}

}  // namespace wayleave::connect
