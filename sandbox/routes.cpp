#include "sandbox/account_info.hpp"
#include "sandbox/control.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/endpoint.hpp"
#include "sandbox/marketing.hpp"
#include "sandbox/oauth.hpp"

namespace wayleave::sandbox {
namespace {

using enum Door;
using enum Privacy;

constexpr Endpoint kAuthorize[] = {
    {"GET", "/authorize", authorize, Open},
    {"GET", "/{portalId}/authorize", authorize, Open},
    {"POST", "/{portalId}/authorize", decide_consent, Open},
};

constexpr Endpoint kTokenV1[] = {
    {"POST", "/token", issue_token_v1, Open},
    {"GET", "/access-tokens/{token}", access_token_metadata, Open, TokenInPath},
    {"GET", "/refresh-tokens/{token}", refresh_token_metadata, Open, TokenInPath},
    {"DELETE", "/refresh-tokens/{token}", delete_refresh_token, Open, TokenInPath},
};

constexpr Endpoint kToken[] = {
    {"POST", "/token", issue_token, Open},
    {"POST", "/token/introspect", introspect, Open},
    {"POST", "/token/revoke", revoke, Open},
};

constexpr Endpoint kInstalls[] = {
    {"DELETE", "/external-install", uninstall},
};

constexpr Endpoint kObjects[] = {
    {"GET", "", list_objects},
    {"POST", "", create_object},
    {"GET", "/{objectId}", get_object},
    {"PATCH", "/{objectId}", update_object},
    {"DELETE", "/{objectId}", archive_object},
    {"POST", "/search", search_objects, Search},
    {"POST", "/merge", merge_objects},
    {"POST", "/gdpr-delete", gdpr_delete},
    {"POST", "/batch/read", batch_read},
    {"POST", "/batch/create", batch_create},
    {"POST", "/batch/update", batch_update},
    {"POST", "/batch/upsert", batch_upsert},
    {"POST", "/batch/archive", batch_archive},
};

constexpr Endpoint kAssociations[] = {
    {"GET", "/{toType}", list_associations},
    {"PUT", "/default/{toType}/{toId}", put_default_association},
    {"PUT", "/{toType}/{toId}", put_association},
    {"DELETE", "/{toType}/{toId}", delete_association},
};

constexpr Endpoint kAssociationBatches[] = {
    {"POST", "/batch/read", batch_read_associations},
    {"POST", "/batch/create", batch_create_associations},
    {"POST", "/batch/associate/default", batch_default_associations},
    {"POST", "/batch/archive", batch_archive_associations},
    {"POST", "/batch/labels/archive", batch_archive_labels},
    {"GET", "/labels", list_association_labels},
    {"POST", "/labels", create_association_label},
};

constexpr Endpoint kProperties[] = {
    {"GET", "", list_properties},
    {"POST", "", create_property},
    {"GET", "/{propertyName}", get_property},
    {"PATCH", "/{propertyName}", update_property},
    {"DELETE", "/{propertyName}", archive_property},
    {"POST", "/batch/read", batch_read_properties},
    {"POST", "/batch/create", batch_create_properties},
    {"POST", "/batch/archive", batch_archive_properties},
    {"GET", "/groups", list_groups},
    {"POST", "/groups", create_group},
    {"GET", "/groups/{groupName}", get_group},
    {"PATCH", "/groups/{groupName}", update_group},
    {"DELETE", "/groups/{groupName}", archive_group},
};

constexpr Endpoint kOwners[] = {
    {"GET", "", list_owners},
    {"GET", "/{ownerId}", get_owner},
};

constexpr Endpoint kPipelines[] = {
    {"GET", "", list_pipelines},
    {"GET", "/{pipelineId}", get_pipeline},
    {"GET", "/{pipelineId}/stages", list_stages},
};

constexpr Endpoint kAccountInfo[] = {
    {"GET", "/details", account_details},
    {"GET", "/api-usage/daily", daily_usage},
    {"GET", "/api-usage/daily/private-apps", daily_usage},
};

constexpr Endpoint kForms[] = {
    {"GET", "", list_forms},
    {"POST", "", create_form},
    {"GET", "/{formId}", get_form},
    {"PUT", "/{formId}", replace_form},
    {"PATCH", "/{formId}", change_form},
    {"DELETE", "/{formId}", archive_form},
};

constexpr Endpoint kFormAnswers[] = {
    {"GET", "/{formId}", list_submissions},
};

// api.hsforms.com
constexpr Endpoint kSubmissions[] = {
    {"POST", "/secure/submit/{portalId}/{formId}", submit_secure},
    {"POST", "/submit/{portalId}/{formId}", submit_open, Open},
};

constexpr Endpoint kControl[] = {
    {"POST", "/faults", add_fault, Control},
    {"GET", "/faults", list_faults, Control},
    {"DELETE", "/faults", clear_faults, Control},
    {"GET", "/clock", show_clock, Control},
    {"POST", "/clock", advance_clock, Control},
    {"GET", "/stats", show_stats, Control},
    {"GET", "/log", show_log, Control},
    {"POST", "/reset", reset, Control},
    {"GET", "/settings", show_settings, Control},
    {"POST", "/settings", change_settings, Control},
    {"GET", "/apps", list_apps, Control},
    {"POST", "/apps", register_app, Control},
    {"GET", "/accounts", list_accounts, Control},
    {"PUT", "/accounts/{portalId}", put_account, Control},
    {"POST", "/uninstall", uninstall_by_customer, Control},
    {"*", "/echo", echo, Metered},
    {"*", "/echo/{*}", echo, Metered},
    {"GET", "/bytes", stream_bytes, Metered},
};

constexpr Resource kResources[] = {
    {"/oauth", "", kAuthorize},
    {"/oauth/v1", "", kTokenV1},
    {"/oauth/v3", "/oauth/{ver}", kToken},
    {"/appinstalls/v3", "/appinstalls/{ver}", kInstalls},

    {"/crm/v3/objects/{objectType}", "/crm/objects/{ver}/{objectType}", kObjects},
    {"/crm/v4/objects/{fromType}/{fromId}/associations",
     "/crm/objects/{ver}/{fromType}/{fromId}/associations",
     kAssociations},
    {"/crm/v4/associations/{fromType}/{toType}",
     "/crm/associations/{ver}/{fromType}/{toType}",
     kAssociationBatches},
    {"/crm/v3/properties/{objectType}", "/crm/properties/{ver}/{objectType}", kProperties},
    {"/crm/v3/owners", "/crm/owners/{ver}", kOwners},
    {"/crm/v3/pipelines/{objectType}", "/crm/pipelines/{ver}/{objectType}", kPipelines},
    {"/account-info/v3", "/account-info/{ver}", kAccountInfo},

    {"/marketing/v3/forms", "", kForms},
    {"/form-integrations/v1/submissions/forms", "", kFormAnswers},
    {"/submissions/v3/integration", "", kSubmissions},

    {"/_sandbox", "", kControl},
};

}  // namespace

std::span<const Resource> resources() { return kResources; }

}  // namespace wayleave::sandbox
