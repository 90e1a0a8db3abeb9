#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connect/notice.hpp"

/// The HTML a customer sees. Pure: data in, a whole page out. All text is escaped, nothing is
/// loaded from anywhere, the one style sheet stands in the page and is allowed by its hash.
namespace wayleave::connect {

/// The hosted page of an install link: who asks whom for what, and one button.
struct Ask {
  std::string_view app;  ///< slug
  std::string_view provider_name;
  std::string_view authorize_origin;
  const std::vector<std::string>& grants;
};
[[nodiscard]] std::string ask_page(const Ask& ask);
[[nodiscard]] std::string notice_page(const Notice& notice);

/// The Content-Security-Policy of these pages: no script, no image, no frame, the one style, and
/// forms only where they lead (OA-11). Chromium applies `form-action` to every redirect that
/// answers a form, and providers send people on to sign-in pages under other names; so a page whose
/// form leads to an https origin allows https in general.
/// @param form_origins  where the form leads beyond ourselves; none: the page has no form
[[nodiscard]] std::string page_policy(const std::vector<std::string>& form_origins);

}  // namespace wayleave::connect
