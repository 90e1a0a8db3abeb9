#include "sandbox/pages.hpp"

namespace wayleave::sandbox {
namespace {

constexpr std::string_view kStyle =
    "body{margin:0;background:#f5f8fa;color:#33475b;font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:34rem;margin:8vh auto;background:#fff;border:1px solid #cbd6e2;"
    "border-radius:6px;padding:2rem}h1{font-size:1.35rem;margin:0 0 1rem}"
    "ul{padding:0;list-style:none}li{padding:.55rem 0;border-bottom:1px solid #eaf0f6}"
    "a{color:#0068b1;font-weight:600;text-decoration:none}small{display:block;color:#516f90}"
    "form{display:flex;gap:.75rem;margin-top:1.5rem}"
    "button{font:inherit;font-weight:600;border-radius:4px;padding:.6rem 1.4rem;cursor:pointer;"
    "border:1px solid #ff5c35;background:#fff;color:#d9400f}"
    "button.primary{background:#d9400f;color:#fff;border-color:#d9400f}"
    "footer{margin-top:1.5rem;font-size:.8rem;color:#516f90}";

std::string layout(std::string_view title, std::string_view content) {
  std::string html = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">";
  html += "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>";
  html += html_escape(title);
  html += "</title><style>";
  html += kStyle;
  html += "</style></head><body><main><h1>";
  html += html_escape(title);
  html += "</h1>";
  html += content;
  html += "<footer>HubSpot sandbox, simulated. No real account is involved.</footer>";
  html += "</main></body></html>";
  return html;
}

std::string list_of(const std::vector<std::string>& items) {
  if (items.empty()) return "";
  std::string html = "<ul>";
  for (const auto& item : items) html += "<li>" + html_escape(item) + "</li>";
  return html + "</ul>";
}

}  // namespace

std::string account_chooser_page(std::string_view app_name,
                                 const std::vector<AccountChoice>& choices) {
  std::string content = "<p>Where do you want to install <strong>" + html_escape(app_name) +
                        "</strong>?</p><ul id=\"accounts\">";
  for (const auto& choice : choices) {
    content += "<li><a href=\"" + html_escape(choice.url) + "\">" + html_escape(choice.name) +
               "</a><small>" + html_escape(choice.details) + "</small></li>";
  }
  return layout("Choose an account", content + "</ul>");
}

std::string consent_page(const ConsentView& view) {
  std::string content = "<p><strong>" + html_escape(view.app_name) +
                        "</strong> asks for access to <strong>" + html_escape(view.account_name) +
                        "</strong>. You are logged in as " + html_escape(view.user_email) +
                        ".</p><p>It will be able to:</p>" + list_of(view.grants);
  if (!view.dropped.empty()) {
    content += "<p>Not available in this account and left out:</p>" + list_of(view.dropped);
  }
  content += "<form method=\"post\" action=\"" + html_escape(view.action) + "\">";
  for (const auto& [name, value] : view.hidden) {
    content += "<input type=\"hidden\" name=\"" + html_escape(name) + "\" value=\"" +
               html_escape(value) + "\">";
  }
  content +=
      "<button class=\"primary\" id=\"approve\" name=\"_decision\" value=\"approve\">Connect "
      "app</button><button id=\"deny\" name=\"_decision\" value=\"deny\">Cancel</button></form>";
  return layout("Connect " + view.app_name + " to HubSpot", content);
}

std::string authorize_error_page(std::string_view title,
                                 std::string_view detail,
                                 const std::vector<std::string>& items) {
  return layout(title, "<p>" + html_escape(detail) + "</p>" + list_of(items));
}

}  // namespace wayleave::sandbox
