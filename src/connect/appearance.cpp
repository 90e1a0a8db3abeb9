#include "connect/appearance.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "connect/colour.hpp"
#include "connect/return_url.hpp"

namespace wayleave::connect {
namespace {

std::unexpected<Error> refuse(std::string_view member, std::string detail) {
  std::string field = "appearance." + std::string(member);
  detail = field + " " + detail;
  return reject(std::move(field), std::move(detail));
}

Result<> check_line(std::string_view member, std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max || has_control(text) || !is_utf8(text)) {
    return refuse(member,
                  "must be at most " + std::to_string(bytes_max) +
                      " bytes of UTF-8 without control characters");
  }
  return {};
}

Result<> check_support_url(std::string_view url) {
  if (url.empty()) return {};
  if (url.size() > kSupportUrlBytesMax || !origin_of(url).starts_with("https://")) {
    return refuse("supportUrl", "must be an absolute https URL without a user part");
  }
  return {};
}

Result<> check_own_text(std::string_view tag, const std::string& key, std::string_view text) {
  const auto& keys = own_text_keys();
  const std::string where = "texts." + std::string(tag) + "." + key;
  if (std::ranges::find(keys, key) == keys.end()) {
    const std::vector<std::string> known(keys.begin(), keys.end());
    return refuse("texts", "has an unknown key; known are: " + join(known, ", "));
  }
  WL_CHECK(check_line(where, text, kOwnTextBytesMax));
  if (text.empty()) return refuse(where, "is empty; leave it out to have the usual words");
  const auto usual = placeholders(languages().front().texts.at(key));
  for (const std::string& name : placeholders(text)) {
    if (std::ranges::find(usual, name) == usual.end()) {
      return refuse(where, "may only name these placeholders: {" + join(usual, "}, {") + "}");
    }
  }
  return {};
}

Result<> check_texts(const TextOverrides& texts) {
  for (const auto& [tag, own] : texts) {
    const Language* language = find_language(tag);
    if (language == nullptr || language->tag != tag) {
      std::vector<std::string> tags;
      for (const Language& each : languages()) tags.push_back(each.tag);
      return refuse("texts", "has an unknown language; known are: " + join(tags, ", "));
    }
    for (const auto& [key, text] : own) {
      WL_CHECK(check_own_text(tag, key, text));
    }
  }
  return {};
}

}  // namespace

const std::vector<std::string_view>& own_text_keys() {
  static const std::vector<std::string_view> keys{"ask.title",
                                                  "ask.intro",
                                                  "ask.button",
                                                  "ask.takeBack",
                                                  "connected.title",
                                                  "connected.text",
                                                  "denied.title",
                                                  "denied.text"};
  return keys;
}

Result<Appearance> apply(Appearance appearance, const AppearanceDraft& draft) {
  if (draft.company_name) {
    WL_CHECK(check_line("companyName", *draft.company_name, kCompanyNameBytesMax));
    appearance.company_name = std::string(trim(*draft.company_name));
  }
  if (draft.logo && draft.logo->empty()) appearance.logo = {};
  if (draft.logo && !draft.logo->empty()) {
    WL_TRY(appearance.logo, parse_logo(*draft.logo));
  }
  if (draft.accent_color) {
    if (!draft.accent_color->empty() && !parse_colour(*draft.accent_color)) {
      return refuse("accentColor", "must be #rrggbb, such as #1f5fd6");
    }
    appearance.accent_color = to_lower(*draft.accent_color);
  }
  if (draft.support_url) {
    WL_CHECK(check_support_url(*draft.support_url));
    appearance.support_url = *draft.support_url;
  }
  if (draft.texts) {
    WL_CHECK(check_texts(*draft.texts));
    appearance.texts = *draft.texts;
  }
  return appearance;
}

}  // namespace wayleave::connect
