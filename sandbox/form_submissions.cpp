#include <algorithm>
#include <boost/json.hpp>

#include "sandbox/batch.hpp"
#include "sandbox/crm.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/marketing.hpp"
#include "sandbox/rate_limits.hpp"
#include "sandbox/record_write.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kPageDefault = 20;
constexpr std::size_t kPageMax = 50;
constexpr std::size_t kFieldsMax = 1'000;
constexpr Millis kOldest{31LL * 86'400'000};

/// One complaint about a submission, in the shape of the forms API.
struct Complaint {
  std::string type;
  std::string message;
};

net::Response refuse(Call& call, const std::vector<Complaint>& complaints) {
  json::array errors;
  for (const Complaint& complaint : complaints) {
    errors.push_back({{"message", complaint.message}, {"errorType", complaint.type}});
  }
  return reply(400,
               {{"status", "error"},
                {"message", "The request is not valid"},
                {"correlationId", call.correlation_id},
                {"errors", std::move(errors)}});
}

Outcome<std::vector<Submission::Value>> read_fields(const json::value* input) {
  if (input == nullptr || !input->is_array()) return invalid("fields must be a list");
  if (input->get_array().size() > kFieldsMax) {
    return invalid("A submission can have at most " + std::to_string(kFieldsMax) + " fields");
  }
  std::vector<Submission::Value> values;
  for (const json::value& entry : input->get_array()) {
    if (!entry.is_object()) return invalid("every field must be an object");
    Submission::Value value{text_member(entry.get_object(), "name"),
                            text_member(entry.get_object(), "value"),
                            text_member(entry.get_object(), "objectTypeId")};
    if (value.name.empty()) return invalid("every field needs a name");
    if (value.object_type_id.empty()) value.object_type_id = "0-1";
    values.push_back(std::move(value));
  }
  return values;
}

Outcome<Submission> read_submission(Call& call) {
  WL_TRY(const json::object body, json_body(call));
  JsonReader reader(body);
  Submission submission;
  WL_TRY(submission.values, read_fields(reader.any("fields")));
  submission.at = call.now;
  if (const auto at = reader.integer("submittedAt", 0, 253'402'300'799'999)) {
    submission.at = from_millis(*at);
    if (submission.at > call.now || submission.at + kOldest < call.now) {
      return invalid("submittedAt must not be in the future and not be older than a month");
    }
  }
  if (const json::value* context = reader.any("context"); context && context->is_object()) {
    submission.page_url = text_member(context->get_object(), "pageUri");
  }
  (void)reader.any("legalConsentOptions");
  (void)reader.any("skipValidation");
  WL_CHECK(reader.finish());
  submission.conversion_id = random_uuid(call.random);
  return submission;
}

const std::string* value_of(const Submission& submission, std::string_view name) {
  const auto at = std::ranges::find(submission.values, name, &Submission::Value::name);
  return at == submission.values.end() || at->value.empty() ? nullptr : &at->value;
}

/// What the form demands and the submission lacks.
std::vector<Complaint> check_required(const Form& form, const Submission& submission) {
  std::vector<Complaint> complaints;
  const json::value document = json::parse(form.document);
  for (const json::value& group : document.at("fieldGroups").as_array()) {
    const json::value* fields = group.as_object().if_contains("fields");
    if (fields == nullptr) continue;
    for (const json::value& field : fields->as_array()) {
      const json::value* required = field.as_object().if_contains("required");
      if (required == nullptr || !required->is_bool() || !required->get_bool()) continue;
      const std::string name = text_member(field.as_object(), "name");
      if (value_of(submission, name) != nullptr) continue;
      complaints.push_back({"REQUIRED_FIELD", "Required field '" + name + "' is missing"});
    }
  }
  return complaints;
}

/// The contact properties among the values; wrong ones are complaints.
std::vector<Complaint> to_values(const Crm& crm, const Submission& submission, Values& values) {
  std::vector<Complaint> complaints;
  for (const auto& field : submission.values) {
    const Property* property = crm.table(Kind::Contact).find(field.name);
    if (field.object_type_id != "0-1" || property == nullptr) continue;
    auto normalised = normalise(*property, field.value);
    if (normalised) {
      values[field.name] = *std::move(normalised);
    } else {
      complaints.push_back({normalised.error().code,
                            "Error in 'fields." + field.name + "'. " + normalised.error().message});
    }
  }
  return complaints;
}

/// Makes or changes the contact whose e-mail address was entered.
Outcome<void> store_contact(Call& call, const Form& form, Values values) {
  Crm& crm = call.crm();
  const Writer writer{crm, call.now, {"FORM", form.id}};
  const auto email = values.find("email");
  if (email == values.end() || email->second.empty()) return {};
  Record* record = crm.of(Kind::Contact).holder("email", email->second);
  if (record != nullptr) return update_record(writer, *record, values);
  const auto made = create_record(writer, Kind::Contact, std::move(values), {});
  if (!made) return std::unexpected(made.error());
  return {};
}

net::Response thank(const Form& form) {
  const json::value document = json::parse(form.document);
  json::error_code error;
  const json::value* action = document.find_pointer("/configuration/postSubmitAction", error);
  std::string type, value;
  if (action != nullptr && action->is_object()) {
    type = text_member(action->get_object(), "type");
    value = text_member(action->get_object(), "value");
  }
  if (type == "redirect_url") return reply(200, {{"redirectUri", value}});
  return reply(200, {{"inlineMessage", value}});
}

Outcome<net::Response> submit(Call& call) {
  Form* form = call.crm().forms.find(call.param(1));
  if (form == nullptr || form->archived) {
    return not_found("No form exists with the guid " + call.param(1));
  }
  WL_TRY(Submission submission, read_submission(call));
  Values values;
  auto complaints = check_required(*form, submission);
  for (auto& more : to_values(call.crm(), submission, values)) {
    complaints.push_back(std::move(more));
  }
  if (!complaints.empty()) return refuse(call, complaints);
  WL_CHECK(store_contact(call, *form, std::move(values)));
  form->add(std::move(submission));
  return thank(*form);
}

json::object show_submission(const Submission& submission) {
  json::array values;
  for (const auto& value : submission.values) {
    values.push_back(
        {{"name", value.name}, {"value", value.value}, {"objectTypeId", value.object_type_id}});
  }
  json::object out{{"conversionId", submission.conversion_id},
                   {"submittedAt", to_millis(submission.at)},
                   {"values", std::move(values)}};
  if (!submission.page_url.empty()) out["pageUrl"] = submission.page_url;
  return out;
}

}  // namespace

Outcome<net::Response> list_submissions(Call& call) {
  WL_CHECK(call.require_any({"forms"}));
  WL_TRY(const Paging paging, read_paging(call.query, kPageDefault, kPageMax));
  const Form* form = call.crm().forms.find(call.param(0));
  if (form == nullptr) return not_found("No form exists with the guid " + call.param(0));
  json::array results;
  json::object out;
  for (const Submission& submission : form->submissions) {
    if (paging.after != 0 && submission.sequence > paging.after) continue;
    if (results.size() == paging.limit) {
      out["paging"] = {{"next", {{"after", std::to_string(submission.sequence)}}}};
      break;
    }
    results.push_back(show_submission(submission));
  }
  out["results"] = std::move(results);
  return reply(200, out);
}

Outcome<net::Response> submit_secure(Call& call) {
  WL_CHECK(call.require_any({"forms"}));
  if (call.param(0) != std::to_string(call.account->portal_id)) {
    return not_found("The access token does not belong to portal " + call.param(0));
  }
  return submit(call);
}

Outcome<net::Response> submit_open(Call& call) {
  call.account = call.world.accounts.find(parse_id(call.param(0)).value_or(0));
  if (call.account == nullptr) return not_found("There is no portal " + call.param(0));
  if (auto limited = limit_submissions(call)) return std::move(*limited);
  WL_TRY(net::Response response, submit(call));
  response.fields.add("Access-Control-Allow-Origin", "*");
  return response;
}

}  // namespace wayleave::sandbox
