#include "api/appearance_json.hpp"

#include <utility>

#include "api/json_writer.hpp"
#include "base/text.hpp"

namespace wayleave::api {
namespace {

constexpr std::string_view kMember = "appearance";

std::unexpected<Error> inside(Error error) {
  const std::string prefix = std::string(kMember) + ".";
  if (error.detail.starts_with(error.field)) error.detail = prefix + error.detail;
  error.field = prefix + error.field;
  return std::unexpected(std::move(error));
}

/// The reader gives an object inside a map of texts as form fields.
Result<connect::TextOverrides> read_texts(const std::map<std::string, std::string>& languages) {
  connect::TextOverrides texts;
  for (const auto& [tag, own] : languages) {
    const auto fields = parse_form(own);
    if (!fields) return reject("texts", "texts: must be an object of objects of texts");
    for (const auto& [key, text] : *fields) texts[tag][key] = text;
  }
  return texts;
}

Result<connect::AppearanceDraft> read_members(const std::string& object) {
  WL_TRY(auto in, JsonReader::parse(object));
  connect::AppearanceDraft draft;
  draft.company_name = in.text("companyName");
  draft.logo = in.text("logo");
  draft.accent_color = in.text("accentColor");
  draft.support_url = in.text("supportUrl");
  const auto languages = in.text_map("texts");
  WL_CHECK(in.finish());
  if (languages) {
    WL_TRY(draft.texts, read_texts(*languages));
  }
  return draft;
}

}  // namespace

Result<std::optional<connect::AppearanceDraft>> read_appearance(JsonReader& in) {
  const auto object = in.raw(kMember);
  if (!object) return std::nullopt;
  if (!object->starts_with('{')) {
    return reject(std::string(kMember), "appearance: must be an object");
  }
  auto draft = read_members(*object);
  if (!draft) return inside(std::move(draft).error());
  return *std::move(draft);
}

std::string appearance_json(const connect::Appearance& appearance) {
  JsonWriter texts;
  for (const auto& [tag, own] : appearance.texts) texts.map(tag, own);
  JsonWriter out;
  out.text_or_null("companyName", appearance.company_name)
      .text_or_null("logo", connect::data_uri(appearance.logo))
      .text_or_null("accentColor", appearance.accent_color)
      .text_or_null("supportUrl", appearance.support_url)
      .raw("texts", texts.str());
  return out.str();
}

}  // namespace wayleave::api
