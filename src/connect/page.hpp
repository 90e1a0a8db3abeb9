#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connect/language.hpp"
#include "connect/notice.hpp"
#include "connect/scene.hpp"

/// The HTML a customer sees. Pure: data in, a whole page out. All text is escaped, nothing is
/// loaded from elsewhere, and no page needs a script.
namespace wayleave::connect {

/// A page with the Content-Security-Policy that admits just what it holds: its one style sheet by
/// digest, a logo from inside the page, our one script where a window that opened this one is to be
/// told, and forms where they lead (OA-11, AD-04). Chromium applies `form-action` to every redirect
/// that answers a form, and providers send people on to sign-in pages under other names; so a page
/// whose form leads to an https origin allows https in general.
struct Page {
  std::string html;
  std::string policy;
};

/// The hosted page of an install link: who asks whom for what, and one button.
struct Ask {
  std::string_view app;  ///< slug
  std::string_view provider_name;
  std::string_view authorize_origin;
  std::string_view return_origin;  ///< empty: a page of ours
  std::string_view opener;         ///< origin of the window that opened this one; empty: none
  const std::vector<Permission>& permissions;
  const Appearance& appearance;
};
[[nodiscard]] Page ask_page(const Ask& ask, const Language& language);

/// @param switchable  the page may be asked for again at its address in another language
[[nodiscard]] Page notice_page(const Notice& notice,
                               const Scene& scene,
                               const Language& language,
                               bool switchable = false);

/// The script of pages that tell a window how it ended (`/connect/result.js`).
inline constexpr std::string_view kResultScript = "/connect/result.js";
[[nodiscard]] std::string_view result_script();

}  // namespace wayleave::connect
