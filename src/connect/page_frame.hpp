#pragma once
// What ask_page.cpp and notice_page.cpp share.

#include <string>
#include <string_view>
#include <vector>

#include "connect/page.hpp"
#include "connect/words.hpp"

namespace wayleave::connect {

/// What stands around a page's content.
struct Frame {
  const Words& words;
  const Appearance& appearance;
  std::string title;
  std::string_view main_class;
  std::string script = {};                     ///< the element; empty: none
  std::vector<std::string> form_origins = {};  ///< beyond ourselves
  bool has_form = false;
  bool switchable = false;       ///< offers the other languages
  std::string_view opener = {};  ///< kept when the language is changed
};

/// The names that stand for `{company}` and `{provider}`.
void name_them(Words& words,
               const Appearance& appearance,
               std::string_view app,
               std::string_view provider);

[[nodiscard]] Page frame(const Frame& frame, const std::string& content);

/// A company's logo, or its initial.
[[nodiscard]] std::string company_tile(const Appearance& appearance, std::string_view name);
[[nodiscard]] std::string initial_tile(std::string_view name);

/// A list of permissions as HTML.
[[nodiscard]] std::string permission_list(const std::vector<const Permission*>& permissions,
                                          const Words& words);

/// The support link; empty when the app has none.
[[nodiscard]] std::string help_line(const Appearance& appearance, const Words& words);

}  // namespace wayleave::connect
