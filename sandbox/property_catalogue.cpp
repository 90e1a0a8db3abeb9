#include <array>
#include <span>

#include "base/text.hpp"
#include "sandbox/property.hpp"

namespace wayleave::sandbox {
namespace {

enum Mark : unsigned {
  kNone = 0,
  kReadOnly = 1,
  kUnique = 2,
  kForm = 4,
  kInteger = 8,
  kOuter = 16
};

/// One line of the catalogue. `options` are `value=Label` separated by ';'.
struct Line {
  std::string_view name, label, type, field_type, group;
  unsigned marks = kNone;
  std::string_view options = {};
};

constexpr std::string_view kLifecycle =
    "subscriber=Subscriber;lead=Lead;marketingqualifiedlead=Marketing Qualified Lead;"
    "salesqualifiedlead=Sales Qualified Lead;opportunity=Opportunity;customer=Customer;"
    "evangelist=Evangelist;other=Other";
constexpr std::string_view kLeadStatus =
    "NEW=New;OPEN=Open;IN_PROGRESS=In Progress;OPEN_DEAL=Open Deal;UNQUALIFIED=Unqualified;"
    "ATTEMPTED_TO_CONTACT=Attempted to Contact;CONNECTED=Connected;BAD_TIMING=Bad Timing";
constexpr std::string_view kIndustries =
    "ACCOUNTING=Accounting;AUTOMOTIVE=Automotive;COMPUTER_SOFTWARE=Computer Software;"
    "CONSTRUCTION=Construction;EDUCATION_MANAGEMENT=Education Management;"
    "FINANCIAL_SERVICES=Financial Services;HOSPITAL_HEALTH_CARE=Hospital & Health Care;"
    "HOSPITALITY=Hospitality;LOGISTICS_AND_SUPPLY_CHAIN=Logistics and Supply Chain;"
    "MACHINERY=Machinery;RENEWABLES_ENVIRONMENT=Renewables & Environment;RETAIL=Retail";
constexpr std::string_view kDealTypes =
    "newbusiness=New Business;existingbusiness=Existing Business";
constexpr std::string_view kPriorities = "low=Low;medium=Medium;high=High";
constexpr std::string_view kTicketPriorities = "LOW=Low;MEDIUM=Medium;HIGH=High;URGENT=Urgent";
constexpr std::string_view kTicketCategories =
    "PRODUCT_ISSUE=Product Issue;BILLING_ISSUE=Billing Issue;"
    "FEATURE_REQUEST=Feature Request;GENERAL_INQUIRY=General Inquiry";
constexpr std::string_view kSources = "CHAT=Chat;EMAIL=Email;FORM=Form;PHONE=Phone";

constexpr Line kContact[] = {
    {"email", "Email", "string", "text", "contactinformation", kUnique | kForm},
    {"firstname", "First Name", "string", "text", "contactinformation", kForm},
    {"lastname", "Last Name", "string", "text", "contactinformation", kForm},
    {"phone", "Phone Number", "string", "phonenumber", "contactinformation", kForm},
    {"mobilephone", "Mobile Phone Number", "string", "phonenumber", "contactinformation", kForm},
    {"company", "Company Name", "string", "text", "contactinformation", kForm},
    {"jobtitle", "Job Title", "string", "text", "contactinformation", kForm},
    {"website", "Website URL", "string", "text", "contactinformation", kForm},
    {"address", "Street Address", "string", "text", "contactinformation", kForm},
    {"city", "City", "string", "text", "contactinformation", kForm},
    {"state", "State/Region", "string", "text", "contactinformation", kForm},
    {"zip", "Postal Code", "string", "text", "contactinformation", kForm},
    {"country", "Country/Region", "string", "text", "contactinformation", kForm},
    {"message", "Message", "string", "textarea", "contactinformation", kForm},
    {"date_of_birth", "Date of birth", "string", "text", "contactinformation", kForm},
    {"annualrevenue", "Annual Revenue", "string", "text", "contactinformation", kForm},
    {"numberofemployees",
     "Number of Employees",
     "number",
     "number",
     "contactinformation",
     kForm | kInteger},
    {"closedate", "Close Date", "datetime", "date", "contactinformation"},
    {"lifecyclestage",
     "Lifecycle Stage",
     "enumeration",
     "radio",
     "contactinformation",
     kNone,
     kLifecycle},
    {"hs_lead_status",
     "Lead Status",
     "enumeration",
     "radio",
     "sales_properties",
     kNone,
     kLeadStatus},
    {"hubspot_owner_id", "Contact owner", "enumeration", "select", "sales_properties", kOuter},
    {"hs_email_domain", "Email Domain", "string", "text", "contactinformation", kReadOnly},
    {"hs_email_optout",
     "Unsubscribed from all email",
     "bool",
     "booleancheckbox",
     "emailinformation",
     kReadOnly},
    {"num_unique_conversion_events",
     "Number of Unique Forms Submitted",
     "number",
     "number",
     "conversioninformation",
     kReadOnly},
    {"hs_merged_object_ids",
     "Merged record IDs",
     "enumeration",
     "checkbox",
     "contactinformation",
     kReadOnly},
    {"hs_object_id", "Record ID", "number", "number", "contactinformation", kReadOnly},
    {"createdate", "Create Date", "datetime", "date", "contactinformation", kReadOnly},
    {"lastmodifieddate", "Last Modified Date", "datetime", "date", "contactinformation", kReadOnly},
};

constexpr Line kCompany[] = {
    {"name", "Company name", "string", "text", "companyinformation", kForm},
    {"domain", "Company Domain Name", "string", "text", "companyinformation", kForm},
    {"website", "Website URL", "string", "text", "companyinformation", kForm},
    {"phone", "Phone Number", "string", "phonenumber", "companyinformation", kForm},
    {"description", "Description", "string", "textarea", "companyinformation", kForm},
    {"industry", "Industry", "enumeration", "select", "companyinformation", kForm, kIndustries},
    {"address", "Street Address", "string", "text", "companyinformation", kForm},
    {"city", "City", "string", "text", "companyinformation", kForm},
    {"state", "State/Region", "string", "text", "companyinformation", kForm},
    {"zip", "Postal Code", "string", "text", "companyinformation", kForm},
    {"country", "Country/Region", "string", "text", "companyinformation", kForm},
    {"numberofemployees",
     "Number of Employees",
     "number",
     "number",
     "companyinformation",
     kForm | kInteger},
    {"annualrevenue", "Annual Revenue", "number", "number", "companyinformation", kForm},
    {"founded_year", "Year Founded", "string", "text", "companyinformation"},
    {"is_public", "Is Public", "bool", "booleancheckbox", "companyinformation"},
    {"lifecyclestage",
     "Lifecycle Stage",
     "enumeration",
     "radio",
     "companyinformation",
     kNone,
     kLifecycle},
    {"hubspot_owner_id", "Company owner", "enumeration", "select", "companyinformation", kOuter},
    {"hs_merged_object_ids",
     "Merged record IDs",
     "enumeration",
     "checkbox",
     "companyinformation",
     kReadOnly},
    {"hs_object_id", "Record ID", "number", "number", "companyinformation", kReadOnly},
    {"createdate", "Create Date", "datetime", "date", "companyinformation", kReadOnly},
    {"hs_lastmodifieddate",
     "Last Modified Date",
     "datetime",
     "date",
     "companyinformation",
     kReadOnly},
};

constexpr Line kDeal[] = {
    {"dealname", "Deal Name", "string", "text", "dealinformation"},
    {"amount", "Amount", "number", "number", "dealinformation"},
    {"closedate", "Close Date", "datetime", "date", "dealinformation"},
    {"pipeline", "Pipeline", "enumeration", "select", "dealinformation", kOuter},
    {"dealstage", "Deal Stage", "enumeration", "radio", "dealinformation", kOuter},
    {"dealtype", "Deal Type", "enumeration", "radio", "dealinformation", kNone, kDealTypes},
    {"description", "Deal Description", "string", "textarea", "dealinformation"},
    {"hs_priority", "Priority", "enumeration", "select", "dealinformation", kNone, kPriorities},
    {"hs_next_step", "Next step", "string", "text", "dealinformation"},
    {"deal_currency_code", "Currency", "string", "text", "dealinformation"},
    {"hubspot_owner_id", "Deal owner", "enumeration", "select", "dealinformation", kOuter},
    {"hs_merged_object_ids",
     "Merged record IDs",
     "enumeration",
     "checkbox",
     "dealinformation",
     kReadOnly},
    {"hs_object_id", "Record ID", "number", "number", "dealinformation", kReadOnly},
    {"createdate", "Create Date", "datetime", "date", "dealinformation", kReadOnly},
    {"hs_lastmodifieddate", "Last Modified Date", "datetime", "date", "dealinformation", kReadOnly},
};

constexpr Line kTicket[] = {
    {"subject", "Ticket name", "string", "text", "ticketinformation", kForm},
    {"content", "Ticket description", "string", "textarea", "ticketinformation", kForm},
    {"hs_pipeline", "Pipeline", "enumeration", "select", "ticketinformation", kOuter},
    {"hs_pipeline_stage", "Ticket status", "enumeration", "select", "ticketinformation", kOuter},
    {"hs_ticket_category",
     "Category",
     "enumeration",
     "checkbox",
     "ticketinformation",
     kForm,
     kTicketCategories},
    {"hs_ticket_priority",
     "Priority",
     "enumeration",
     "select",
     "ticketinformation",
     kForm,
     kTicketPriorities},
    {"source_type", "Source", "enumeration", "select", "ticketinformation", kNone, kSources},
    {"closed_date", "Close date", "datetime", "date", "ticketinformation"},
    {"hubspot_owner_id", "Ticket owner", "enumeration", "select", "ticketinformation", kOuter},
    {"hs_merged_object_ids",
     "Merged record IDs",
     "enumeration",
     "checkbox",
     "ticketinformation",
     kReadOnly},
    {"hs_object_id", "Record ID", "number", "number", "ticketinformation", kReadOnly},
    {"createdate", "Create date", "datetime", "date", "ticketinformation", kReadOnly},
    {"hs_lastmodifieddate",
     "Last modified date",
     "datetime",
     "date",
     "ticketinformation",
     kReadOnly},
};

constexpr std::array<std::span<const Line>, kKinds> kLines{kContact, kCompany, kDeal, kTicket};

std::vector<Option> parse_options(std::string_view text) {
  std::vector<Option> options;
  if (text.empty()) return options;
  for (const auto part : split(text, ';')) {
    const auto equals = part.find('=');
    options.push_back({std::string(part.substr(0, equals)), std::string(part.substr(equals + 1))});
  }
  return options;
}

Property from_line(const Line& line, Instant born) {
  Property property;
  property.name = line.name;
  property.label = line.label;
  property.type = line.type;
  property.field_type = line.field_type;
  property.group = line.group;
  property.options = parse_options(line.options);
  property.read_only = (line.marks & kReadOnly) != 0;
  property.has_unique_value = (line.marks & kUnique) != 0;
  property.form_field = (line.marks & kForm) != 0;
  property.integer = (line.marks & kInteger) != 0;
  property.external_options = (line.marks & kOuter) != 0;
  property.created = born;
  property.updated = born;
  return property;
}

std::string_view group_label(std::string_view name) {
  if (name == "contactinformation") return "Contact information";
  if (name == "companyinformation") return "Company information";
  if (name == "dealinformation") return "Deal information";
  if (name == "ticketinformation") return "Ticket information";
  if (name == "sales_properties") return "Sales properties";
  if (name == "emailinformation") return "Email information";
  return "Conversion information";
}

}  // namespace

PropertyTable standard_properties(Kind kind, Instant born) {
  PropertyTable table;
  for (const Line& line : kLines[static_cast<std::size_t>(kind)]) {
    Property property = from_line(line, born);
    table.groups.try_emplace(
        property.group, PropertyGroup{property.group, std::string(group_label(property.group))});
    std::string name = property.name;
    table.properties.emplace(std::move(name), std::move(property));
  }
  return table;
}

}  // namespace wayleave::sandbox
