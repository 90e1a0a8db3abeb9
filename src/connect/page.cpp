#include "connect/page.hpp"

#include "base/bytes.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"

namespace wayleave {

extern const Embedded connect_files[];

}  // namespace wayleave

namespace wayleave::connect {
namespace {

std::string_view style() { return connect_files[0].bytes(); }

std::string frame(std::string_view title, std::string_view main_class, const std::string& content) {
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>";
  page += html_escape(title);
  page += "</title>\n<style>";
  page += style();
  page += "</style>\n</head>\n<body>\n<main class=\"";
  page += main_class;
  page += "\">\n";
  page += content;
  page += "</main>\n</body>\n</html>\n";
  return page;
}

/// The first letter of a name, for its tile.
std::string initial(std::string_view name) {
  std::size_t size = name.empty() ? 0 : 1;
  while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xc0) == 0x80) ++size;
  std::string letter(name.substr(0, size));
  if (size == 1 && letter[0] >= 'a' && letter[0] <= 'z')
    letter[0] = static_cast<char>(letter[0] - 32);
  return html_escape(letter);
}

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

std::string_view host_of(std::string_view origin) {
  const auto mark = origin.find("://");
  return mark == std::string_view::npos ? origin : origin.substr(mark + 3);
}

}  // namespace

std::string ask_page(const Ask& ask) {
  const std::string app = html_escape(ask.app);
  const std::string provider = html_escape(ask.provider_name);
  std::string content = "<div class=\"pair\" aria-hidden=\"true\"><span class=\"tile\">" +
                        initial(ask.app) + "</span><i></i><span class=\"tile\">" +
                        initial(ask.provider_name) + "</span></div>\n<h1>Connect " + provider +
                        " to " + app + "</h1>\n";
  if (!ask.grants.empty()) {
    content += "<h2>" + app + " asks for permission to:</h2>\n<ul>\n";
    for (const std::string& grant : ask.grants) content += "<li>" + html_escape(grant) + "</li>\n";
    content += "</ul>\n";
  }
  content += "<form method=\"post\"><button type=\"submit\">Continue to " + provider +
             "</button></form>\n<p class=\"small\">You will sign in at <strong>" +
             html_escape(host_of(ask.authorize_origin)) +
             "</strong> and can still say no there. Your password is never shared with " + app +
             ", and you can take the permission back at any time.</p>\n";
  return frame("Connect " + std::string(ask.provider_name), "ask", content);
}

std::string notice_page(const Notice& notice) {
  std::string content =
      "<svg class=\"sign\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" "
      "stroke-width=\"1.6\" stroke-linecap=\"round\" stroke-linejoin=\"round\" "
      "aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>";
  content += sign(notice.tone);
  content += "</svg>\n<h1>" + html_escape(notice.title) + "</h1>\n";
  for (const std::string& line : notice.lines) content += "<p>" + html_escape(line) + "</p>\n";
  if (!notice.quote.empty()) {
    content += "<blockquote>" + html_escape(notice.quote) + "</blockquote>\n";
  }
  return frame(notice.title, tone_class(notice.tone), content);
}

std::string page_policy(const std::vector<std::string>& form_origins) {
  const crypto::Sha256 digest = crypto::sha256(style());
  std::string policy =
      "default-src 'none'; style-src 'sha256-" + to_base64(as_text(digest)) + "'; form-action ";
  policy += form_origins.empty() ? "'none'" : "'self'";
  bool any_https = false;
  for (const std::string& origin : form_origins) {
    policy += " " + origin;
    any_https = any_https || origin.starts_with("https://");
  }
  if (any_https) policy += " https:";
  return policy + "; frame-ancestors 'none'; base-uri 'none'";
}

}  // namespace wayleave::connect
