#include "sandbox/object_types.hpp"

namespace wayleave::sandbox {
namespace {

using Names = std::string_view[];

constexpr Names kContactShown{
    "createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"};
constexpr Names kCompanyShown{
    "name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"};
constexpr Names kDealShown{"dealname",
                           "amount",
                           "closedate",
                           "pipeline",
                           "dealstage",
                           "createdate",
                           "hs_lastmodifieddate",
                           "hs_object_id"};
constexpr Names kTicketShown{"subject",
                             "content",
                             "hs_pipeline",
                             "hs_pipeline_stage",
                             "hs_ticket_category",
                             "hs_ticket_priority",
                             "createdate",
                             "hs_lastmodifieddate",
                             "hs_object_id"};

constexpr Names kContactSearch{"firstname", "lastname", "email", "phone", "mobilephone", "company"};
constexpr Names kCompanySearch{"name", "domain", "website", "phone"};
constexpr Names kDealSearch{"dealname", "pipeline", "dealstage", "description", "dealtype"};
constexpr Names kTicketSearch{"subject", "content", "hs_pipeline_stage", "hs_ticket_category"};

constexpr Names kCompanyRequired{"name|domain"};
constexpr Names kDealRequired{"dealname"};
constexpr Names kTicketRequired{"subject", "hs_pipeline_stage"};

// `contacts` is the legacy umbrella over contacts, companies and deals.
constexpr Names kContactRead{"crm.objects.contacts.read", "contacts"};
constexpr Names kContactWrite{"crm.objects.contacts.write", "contacts"};
constexpr Names kContactSchemaRead{
    "crm.schemas.contacts.read", "crm.objects.contacts.read", "contacts"};
constexpr Names kContactSchemaWrite{"crm.schemas.contacts.write", "contacts"};
constexpr Names kCompanyRead{"crm.objects.companies.read", "contacts"};
constexpr Names kCompanyWrite{"crm.objects.companies.write", "contacts"};
constexpr Names kCompanySchemaRead{
    "crm.schemas.companies.read", "crm.objects.companies.read", "contacts"};
constexpr Names kCompanySchemaWrite{"crm.schemas.companies.write", "contacts"};
constexpr Names kDealRead{"crm.objects.deals.read", "contacts"};
constexpr Names kDealWrite{"crm.objects.deals.write", "contacts"};
constexpr Names kDealSchemaRead{"crm.schemas.deals.read", "crm.objects.deals.read", "contacts"};
constexpr Names kDealSchemaWrite{"crm.schemas.deals.write", "contacts"};
constexpr Names kTicketScope{"tickets"};

constexpr ObjectType kTypes[] = {
    {Kind::Contact,
     "contacts",
     "contact",
     "0-1",
     "lastmodifieddate",
     kContactShown,
     kContactSearch,
     {},
     kContactRead,
     kContactWrite,
     kContactSchemaRead,
     kContactSchemaWrite},
    {Kind::Company,
     "companies",
     "company",
     "0-2",
     "hs_lastmodifieddate",
     kCompanyShown,
     kCompanySearch,
     kCompanyRequired,
     kCompanyRead,
     kCompanyWrite,
     kCompanySchemaRead,
     kCompanySchemaWrite},
    {Kind::Deal,
     "deals",
     "deal",
     "0-3",
     "hs_lastmodifieddate",
     kDealShown,
     kDealSearch,
     kDealRequired,
     kDealRead,
     kDealWrite,
     kDealSchemaRead,
     kDealSchemaWrite},
    {Kind::Ticket,
     "tickets",
     "ticket",
     "0-5",
     "hs_lastmodifieddate",
     kTicketShown,
     kTicketSearch,
     kTicketRequired,
     kTicketScope,
     kTicketScope,
     kTicketScope,
     kTicketScope},
};

}  // namespace

const ObjectType& object_type(Kind kind) { return kTypes[static_cast<std::size_t>(kind)]; }

const ObjectType* find_object_type(std::string_view name) {
  for (const ObjectType& type : kTypes) {
    if (name == type.plural || name == type.singular || name == type.type_id) return &type;
  }
  return nullptr;
}

std::vector<std::string> to_strings(std::span<const std::string_view> list) {
  return {list.begin(), list.end()};
}

}  // namespace wayleave::sandbox
