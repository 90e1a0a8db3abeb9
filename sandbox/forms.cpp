#include "sandbox/forms.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "sandbox/limits.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

json::object simple_field(const std::string& name) {
  std::string type = "single_line_text";
  if (name == "email") type = "email";
  if (name == "phone") type = "phone";
  if (name == "message") type = "multi_line_text";
  return {{"objectTypeId", "0-1"},
          {"name", name},
          {"label", name},
          {"required", name == "email"},
          {"hidden", false},
          {"fieldType", type},
          {"dependentFields", json::array()}};
}

json::object field_group(const std::string& name) {
  return {{"groupType", "default_group"},
          {"richTextType", "text"},
          {"fields", json::array{simple_field(name)}}};
}

json::object usual_configuration() {
  return {
      {"language", "en"},
      {"cloneable", true},
      {"editable", true},
      {"archivable", true},
      {"recaptchaEnabled", false},
      {"createNewContactForNewEmail", true},
      {"prePopulateKnownValues", true},
      {"allowLinkToResetKnownValues", false},
      {"notifyContactOwner", false},
      {"notifyRecipients", json::array()},
      {"lifecycleStages", json::array()},
      {"postSubmitAction", {{"type", "thank_you"}, {"value", "Thanks for submitting the form."}}}};
}

}  // namespace

void Form::add(Submission submission) {
  submission.sequence = ++last_sequence;
  submissions.push_front(std::move(submission));
  if (submissions.size() > kSubmissionsMax) submissions.pop_back();
}

Form* Forms::find(std::string_view id) {
  const auto at = std::ranges::find(all, id, &Form::id);
  return at == all.end() ? nullptr : &*at;
}

std::string simple_form_document(const std::vector<std::string>& fields) {
  json::array groups;
  for (const auto& name : fields) groups.push_back(field_group(name));
  return json::serialize(json::object{
      {"formType", "hubspot"},
      {"fieldGroups", std::move(groups)},
      {"configuration", usual_configuration()},
      {"displayOptions",
       {{"renderRawHtml", false}, {"theme", "default_style"}, {"submitButtonText", "Submit"}}},
      {"legalConsentOptions", {{"type", "none"}}}});
}

}  // namespace wayleave::sandbox
