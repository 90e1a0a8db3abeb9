#include "api/shapes.hpp"

namespace wayleave::api {
namespace {

using Items = std::vector<std::string>;

std::string auth_json(const provider::Auth& auth) {
  JsonWriter out;
  out.text("kind", to_string(auth.kind))
      .text_or_null("authorize", auth.authorize)
      .text_or_null("token", auth.token)
      .text_or_null("revoke", auth.revoke)
      .text_or_null("introspect", auth.introspect)
      .text("pkce", to_string(auth.pkce));
  return out.str();
}

Items hosts_json(const provider::Provider& provider) {
  Items items;
  for (const auto& host : provider.hosts) {
    JsonWriter item;
    items.push_back(item.text("name", host.name).text("baseUrl", host.base_url).str());
  }
  return items;
}

Items scopes_json(const provider::Provider& provider) {
  Items items;
  for (const auto& scope : provider.scopes) {
    JsonWriter item;
    item.text("name", scope.name)
        .text("title", scope.title)
        .text("grants", scope.grants)
        .text_or_null("tier", scope.tier)
        .boolean("required", scope.required)
        .texts("requires", scope.needs);
    items.push_back(item.str());
  }
  return items;
}

Items fields_json(const provider::Provider& provider) {
  Items items;
  for (const auto& field : provider.fields) {
    JsonWriter item;
    item.text("name", field.name)
        .text("title", field.title)
        .text_or_null("hint", field.hint)
        .text_or_null("pattern", field.pattern)
        .boolean("secret", field.secret)
        .boolean("required", field.required);
    items.push_back(item.str());
  }
  return items;
}

Items tenant_json(const provider::Provider& provider) {
  Items items;
  for (const auto& field : provider.tenant) {
    JsonWriter item;
    item.text("name", field.name)
        .text("title", field.title)
        .text_or_null("hint", field.hint)
        .text("pattern", field.pattern)
        .text_or_null("default", field.otherwise);
    items.push_back(item.str());
  }
  return items;
}

Items guide_json(const provider::Provider& provider) {
  Items items;
  for (const auto& step : provider.setup_guide) {
    JsonWriter item;
    item.text("title", step.title)
        .text("text", step.text)
        .text_or_null("link", step.link)
        .text_or_null("copy", step.copy)
        .texts("fields", step.fields);
    items.push_back(item.str());
  }
  return items;
}

Items objects_json(const provider::Provider& provider) {
  Items items;
  for (const auto& object : provider.objects) {
    Items calls;
    for (const auto& call : object.calls) {
      JsonWriter item;
      item.text("name", call.name)
          .text("method", call.method)
          .text("path", call.path)
          .text("host", call.host);
      calls.push_back(item.str());
    }
    JsonWriter item;
    item.text("name", object.name).text("title", object.title).raw("calls", json_array(calls));
    items.push_back(item.str());
  }
  return items;
}

}  // namespace

std::string provider_json(const provider::Provider& provider) {
  JsonWriter out;
  out.text("slug", provider.slug)
      .text("name", provider.name)
      .text_or_null("description", provider.description)
      .text_or_null("category", provider.category)
      .texts("categories", provider.categories)
      .text_or_null("docs", provider.docs)
      .texts("extends", provider.extends)
      .raw("auth", auth_json(provider.auth))
      .raw("hosts", json_array(hosts_json(provider)))
      .raw("scopes", json_array(scopes_json(provider)))
      .raw("fields", json_array(fields_json(provider)))
      .raw("tenant", json_array(tenant_json(provider)))
      .raw("setupGuide", json_array(guide_json(provider)))
      .raw("objects", json_array(objects_json(provider)))
      .boolean("usable", provider.unusable_reason.empty())
      .text_or_null("unusableReason", provider.unusable_reason);
  return out.str();
}

}  // namespace wayleave::api
