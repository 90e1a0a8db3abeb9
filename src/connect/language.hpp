#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::connect {

/// The texts of a customer's pages in one language, as a file of `texts/` has them. Placeholders
/// are `{company}`, `{provider}`, `{host}`, `{site}`.
struct Language {
  std::string tag;   ///< `de`: BCP 47, as `lang` and the file's name
  std::string name;  ///< what its speakers call it
  bool right_to_left = false;
  std::map<std::string, std::string, std::less<>> texts;
};

/// All there are, English first: every text that another lacks is found there.
[[nodiscard]] const std::vector<Language>& languages();
/// By tag in any case; null when there is none.
[[nodiscard]] const Language* find_language(std::string_view tag);

/// The language to answer in. A tag that was asked for by name wins where we have it, then the best
/// of `Accept-Language` (RFC 9110 section 12.5.4; a region that we do not have falls back to its
/// language, RFC 4647 section 3.4), then English.
[[nodiscard]] const Language& choose_language(std::string_view asked,
                                              std::string_view accept_language);

/// The names between braces in a text, in order of appearance and each once.
[[nodiscard]] std::vector<std::string> placeholders(std::string_view text);

}  // namespace wayleave::connect
