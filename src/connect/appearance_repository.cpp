#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "connect/appearance.hpp"

namespace wayleave::connect {
namespace {

namespace json = boost::json;

std::string store_texts(const TextOverrides& texts) {
  json::object out;
  for (const auto& [tag, own] : texts) {
    json::object& language = out[tag].emplace_object();
    for (const auto& [key, text] : own) language[key] = text;
  }
  return json::serialize(out);
}

/// What is read was written here; text of another shape gives no texts.
TextOverrides load_texts(const std::string& stored) {
  TextOverrides texts;
  json::error_code ec;
  const json::value document = json::parse(stored, ec);
  if (ec || !document.is_object()) return texts;
  for (const auto& [tag, own] : document.get_object()) {
    const json::object* keys = own.if_object();
    if (keys == nullptr) continue;
    auto& language = texts[std::string(tag.data(), tag.size())];
    for (const auto& [key, text] : *keys) {
      const json::string* value = text.if_string();
      if (value == nullptr) continue;
      language[std::string(key.data(), key.size())] = std::string(value->data(), value->size());
    }
  }
  return texts;
}

}  // namespace

Result<Appearance> find_appearance(db::Transaction& tx, const AppId& app) {
  WL_TRY(const auto row,
         tx.query_one("SELECT company_name, logo_type, logo, accent_color, support_url, texts"
                      " FROM app_appearance WHERE app = $1",
                      {app}));
  Appearance appearance;
  if (!row) return appearance;
  appearance.company_name = (*row)[0].text();
  appearance.logo = {(*row)[1].text(), (*row)[2].blob()};
  appearance.accent_color = (*row)[3].text();
  appearance.support_url = (*row)[4].text();
  appearance.texts = load_texts((*row)[5].text());
  return appearance;
}

Result<> store_appearance(db::Transaction& tx,
                          const AppId& app,
                          const Appearance& appearance,
                          Instant now) {
  WL_CHECK(tx.execute(
      "INSERT INTO app_appearance (app, company_name, logo_type, logo, accent_color, support_url,"
      " texts, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
      " ON CONFLICT (app) DO UPDATE SET company_name = excluded.company_name,"
      " logo_type = excluded.logo_type, logo = excluded.logo,"
      " accent_color = excluded.accent_color, support_url = excluded.support_url,"
      " texts = excluded.texts, updated_at = excluded.updated_at",
      {app,
       appearance.company_name,
       appearance.logo.type,
       db::Blob{appearance.logo.bytes},
       appearance.accent_color,
       appearance.support_url,
       store_texts(appearance.texts),
       now}));
  return {};
}

}  // namespace wayleave::connect
