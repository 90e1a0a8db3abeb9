#include "sandbox/record_view.hpp"

#include <boost/json.hpp>
#include <set>

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kAssociationsShown = 500;

json::value text_or_null(std::string text) {
  if (text.empty()) return nullptr;
  return json::value(std::move(text));
}

/// Asked-for properties that exist, and the three that always come back.
json::object show_properties(const PropertyTable& table,
                             const Record& record,
                             const RecordView& view) {
  const ObjectType& type = object_type(record.kind);
  std::set<std::string, std::less<>> names{
      "createdate", "hs_object_id", std::string(type.modified)};
  if (view.properties.empty()) names.insert(type.shown.begin(), type.shown.end());
  for (const auto& name : view.properties) {
    if (table.find(name) != nullptr) names.insert(name);
  }
  json::object out;
  for (const auto& name : names) out[name] = text_or_null(record.value(name));
  return out;
}

json::object show_history(const PropertyTable& table,
                          const Record& record,
                          const RecordView& view) {
  json::object out;
  for (const auto& name : view.history) {
    if (table.find(name) == nullptr) continue;
    json::array versions;
    for (const Version& version : record.history(name)) {
      json::object entry{{"value", version.value},
                         {"timestamp", to_rfc3339(version.at)},
                         {"sourceType", version.source.type}};
      if (!version.source.id.empty()) entry["sourceId"] = version.source.id;
      versions.push_back(std::move(entry));
    }
    out[name] = std::move(versions);
  }
  return out;
}

json::object show_associations(const Crm& crm, const Record& record, const RecordView& view) {
  json::object out;
  for (const Kind to : view.associations) {
    json::array results;
    for (const auto& [id, type_ids] : crm.associations.links({record.kind, record.id}, to)) {
      for (const int type_id : type_ids) {
        const AssociationType* type = crm.associations.find_from(record.kind, type_id);
        if (type == nullptr || results.size() >= kAssociationsShown) continue;
        results.push_back({{"id", std::to_string(id)}, {"type", type->name}});
      }
    }
    if (results.empty()) continue;
    out[object_type(to).plural] = json::object{{"results", std::move(results)}};
  }
  return out;
}

}  // namespace

Outcome<RecordView> read_view(const Call& call) {
  RecordView view;
  view.properties = call.query.list("properties");
  view.history = call.query.list("propertiesWithHistory");
  view.with_url = call.dated();
  for (const auto& name : call.query.list("associations")) {
    const ObjectType* type = find_object_type(name);
    if (type == nullptr) return invalid("Unable to infer object type from: " + name);
    view.associations.push_back(type->kind);
  }
  return view;
}

json::object show_record(Crm& crm, const Record& record, const RecordView& view) {
  const PropertyTable& table = crm.table(record.kind);
  const std::string id = std::to_string(record.id);
  json::object out{{"id", id},
                   {"properties", show_properties(table, record, view)},
                   {"createdAt", to_rfc3339(record.created)},
                   {"updatedAt", to_rfc3339(record.updated)},
                   {"archived", record.archived.has_value()}};
  if (!view.history.empty()) out["propertiesWithHistory"] = show_history(table, record, view);
  if (record.archived) out["archivedAt"] = to_rfc3339(*record.archived);
  if (!view.associations.empty()) {
    json::object associations = show_associations(crm, record, view);
    if (!associations.empty()) out["associations"] = std::move(associations);
  }
  if (view.with_url) {
    out["url"] = "https://" + crm.ui_domain + "/contacts/" + std::to_string(crm.portal_id) +
                 "/record/" + std::string(object_type(record.kind).type_id) + "/" + id;
  }
  return out;
}

json::object next_page(const Call& call, std::string_view after) {
  FormFields fields;
  for (const auto& [name, value] : call.query.all()) {
    if (name != "after") fields.emplace_back(name, value);
  }
  fields.emplace_back("after", after);
  return {{"after", json::string_view(after)},
          {"link", call.base_url() + call.request.path + "?" + encode_form(fields)}};
}

}  // namespace wayleave::sandbox
