#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "sandbox/crm.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/marketing.hpp"
#include "sandbox/record_view.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kPageDefault = 20;
constexpr std::size_t kPageMax = 500;
constexpr std::size_t kFieldsMax = 300;

constexpr std::array kFieldTypes{"email",
                                 "phone",
                                 "mobile_phone",
                                 "single_line_text",
                                 "multi_line_text",
                                 "number",
                                 "single_checkbox",
                                 "multiple_checkboxes",
                                 "dropdown",
                                 "radio",
                                 "datepicker",
                                 "file",
                                 "payment_link_radio"};

json::object show_form(const Form& form) {
  json::object out = json::parse(form.document).get_object();
  out["id"] = form.id;
  out["name"] = form.name;
  out["createdAt"] = to_rfc3339(form.created);
  out["updatedAt"] = to_rfc3339(form.updated);
  out["archived"] = form.archived.has_value();
  if (form.archived) out["archivedAt"] = to_rfc3339(*form.archived);
  return out;
}

Outcome<void> check_field(const json::value& input) {
  if (!input.is_object()) return invalid("every form field must be an object");
  const json::object& field = input.get_object();
  const auto text = [&](std::string_view name) {
    const json::value* value = field.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string().c_str()) : "";
  };
  for (const char* name : {"objectTypeId", "name", "label", "fieldType"}) {
    if (text(name).empty()) {
      return invalid("Some required fields were not set: [" + std::string(name) + "]");
    }
  }
  if (std::ranges::find(kFieldTypes, text("fieldType")) == kFieldTypes.end()) {
    return invalid("Unknown fieldType: " + text("fieldType"));
  }
  return {};
}

Outcome<void> check_groups(const json::value& input) {
  if (!input.is_array()) return invalid("fieldGroups must be a list");
  std::size_t fields = 0;
  for (const json::value& group : input.get_array()) {
    const json::value* list =
        group.is_object() ? group.get_object().if_contains("fields") : nullptr;
    if (list == nullptr) continue;  // a group of rich text
    if (!list->is_array()) return invalid("fields must be a list");
    for (const json::value& field : list->get_array()) WL_CHECK(check_field(field));
    fields += list->get_array().size();
  }
  if (fields > kFieldsMax) return invalid("A form has too many fields");
  return {};
}

/// Takes what the body says into the form; members it does not name stay.
Outcome<void> apply(const json::object& body, Form& form) {
  json::object document = json::parse(form.document).get_object();
  JsonReader reader(body);
  if (auto name = reader.text("name")) form.name = std::move(*name);
  const std::string type = reader.text("formType").value_or("hubspot");
  if (type != "hubspot") return invalid("Only forms of formType hubspot can be written");
  for (const char* member :
       {"fieldGroups", "configuration", "displayOptions", "legalConsentOptions"}) {
    if (const json::value* value = reader.any(member)) document[member] = *value;
  }
  for (const char* ignored : {"id", "createdAt", "updatedAt", "archived", "archivedAt"}) {
    (void)reader.any(ignored);
  }
  WL_CHECK(reader.finish());
  if (form.name.empty()) return invalid("Some required fields were not set: [name]");
  WL_CHECK(check_groups(document["fieldGroups"]));
  for (const char* member : {"configuration", "displayOptions", "legalConsentOptions"}) {
    if (!document[member].is_object()) return invalid(std::string(member) + " must be an object");
  }
  form.document = json::serialize(document);
  return {};
}

Outcome<Form*> open_form(Call& call, bool archived) {
  WL_CHECK(call.require_any({"forms"}));
  Form* form = call.crm().forms.find(call.param(0));
  if (form == nullptr || form->archived.has_value() != archived) {
    return not_found("No form exists with the guid " + call.param(0));
  }
  return form;
}

}  // namespace

Outcome<net::Response> list_forms(Call& call) {
  WL_CHECK(call.require_any({"forms"}));
  WL_TRY(const Paging paging, read_paging(call.query, kPageDefault, kPageMax));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  const auto types = call.query.list("formTypes");
  const bool wanted = types.empty() || std::ranges::find(types, "hubspot") != types.end() ||
                      std::ranges::find(types, "all") != types.end();
  json::array results;
  json::object out;
  const auto& forms = call.crm().forms.all;
  for (std::size_t i = static_cast<std::size_t>(paging.after); wanted && i < forms.size(); ++i) {
    if (forms[i].archived.has_value() != archived) continue;
    if (results.size() == paging.limit) {
      out["paging"] = json::object{{"next", next_page(call, std::to_string(i))}};
      break;
    }
    results.push_back(show_form(forms[i]));
  }
  out["results"] = std::move(results);
  return reply(200, out);
}

Outcome<net::Response> get_form(Call& call) {
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  WL_TRY(const Form* form, open_form(call, archived));
  return reply(200, show_form(*form));
}

Outcome<net::Response> create_form(Call& call) {
  WL_CHECK(call.require_any({"forms"}));
  WL_TRY(const json::object body, json_body(call));
  auto& forms = call.crm().forms.all;
  if (forms.size() >= kFormsMax) return invalid("The account has too many forms");
  Form form;
  form.document = simple_form_document({});
  WL_CHECK(apply(body, form));
  form.id = random_uuid(call.random);
  form.created = call.now;
  form.updated = call.now;
  forms.push_back(std::move(form));
  return reply(201, show_form(forms.back()));
}

Outcome<net::Response> replace_form(Call& call) {
  WL_TRY(Form * form, open_form(call, false));
  WL_TRY(const json::object body, json_body(call));
  Form changed = *form;
  changed.name.clear();
  changed.document = simple_form_document({});
  WL_CHECK(apply(body, changed));
  changed.updated = call.now;
  *form = std::move(changed);
  return reply(200, show_form(*form));
}

Outcome<net::Response> change_form(Call& call) {
  WL_TRY(Form * form, open_form(call, false));
  WL_TRY(const json::object body, json_body(call));
  Form changed = *form;
  WL_CHECK(apply(body, changed));
  changed.updated = call.now;
  *form = std::move(changed);
  return reply(200, show_form(*form));
}

Outcome<net::Response> archive_form(Call& call) {
  WL_CHECK(call.require_any({"forms"}));
  Form* form = call.crm().forms.find(call.param(0));
  if (form != nullptr && !form->archived) form->archived = call.now;
  return no_content();
}

}  // namespace wayleave::sandbox
