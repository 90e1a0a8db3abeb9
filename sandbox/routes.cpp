#include "sandbox/control.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/endpoint.hpp"
#include "sandbox/oauth.hpp"

namespace wayleave::sandbox {
namespace {

using enum Door;
using enum Privacy;

constexpr Endpoint kEndpoints[] = {
    // OAuth, in the browser
    {"GET", "/oauth/authorize", "", Open, authorize},
    {"GET", "/oauth/{portalId}/authorize", "", Open, authorize},
    {"POST", "/oauth/{portalId}/authorize", "", Open, decide_consent},

    // OAuth, between servers
    {"POST", "/oauth/v1/token", "", Open, issue_token_v1},
    {"POST", "/oauth/v3/token", "/oauth/{ver}/token", Open, issue_token},
    {"POST", "/oauth/v3/token/introspect", "/oauth/{ver}/token/introspect", Open, introspect},
    {"POST", "/oauth/v3/token/revoke", "/oauth/{ver}/token/revoke", Open, revoke},
    {"GET", "/oauth/v1/access-tokens/{token}", "", Open, access_token_metadata, TokenInPath},
    {"GET", "/oauth/v1/refresh-tokens/{token}", "", Open, refresh_token_metadata, TokenInPath},
    {"DELETE", "/oauth/v1/refresh-tokens/{token}", "", Open, delete_refresh_token, TokenInPath},
    {"DELETE",
     "/appinstalls/v3/external-install",
     "/appinstalls/{ver}/external-install",
     Bearer,
     uninstall},

    // CRM objects
    {"GET",
     "/crm/v3/objects/{objectType}",
     "/crm/objects/{ver}/{objectType}",
     Bearer,
     list_objects},
    {"POST",
     "/crm/v3/objects/{objectType}",
     "/crm/objects/{ver}/{objectType}",
     Bearer,
     create_object},
    {"GET",
     "/crm/v3/objects/{objectType}/{objectId}",
     "/crm/objects/{ver}/{objectType}/{objectId}",
     Bearer,
     get_object},
    {"PATCH",
     "/crm/v3/objects/{objectType}/{objectId}",
     "/crm/objects/{ver}/{objectType}/{objectId}",
     Bearer,
     update_object},
    {"DELETE",
     "/crm/v3/objects/{objectType}/{objectId}",
     "/crm/objects/{ver}/{objectType}/{objectId}",
     Bearer,
     archive_object},
    {"POST",
     "/crm/v3/objects/{objectType}/merge",
     "/crm/objects/{ver}/{objectType}/merge",
     Bearer,
     merge_objects},
    {"POST",
     "/crm/v3/objects/{objectType}/gdpr-delete",
     "/crm/objects/{ver}/{objectType}/gdpr-delete",
     Bearer,
     gdpr_delete},

    // The control room
    {"POST", "/_sandbox/faults", "", Control, add_fault},
    {"GET", "/_sandbox/faults", "", Control, list_faults},
    {"DELETE", "/_sandbox/faults", "", Control, clear_faults},
    {"GET", "/_sandbox/clock", "", Control, show_clock},
    {"POST", "/_sandbox/clock", "", Control, advance_clock},
    {"GET", "/_sandbox/stats", "", Control, show_stats},
    {"GET", "/_sandbox/log", "", Control, show_log},
    {"POST", "/_sandbox/reset", "", Control, reset},
    {"GET", "/_sandbox/settings", "", Control, show_settings},
    {"POST", "/_sandbox/settings", "", Control, change_settings},
    {"GET", "/_sandbox/apps", "", Control, list_apps},
    {"POST", "/_sandbox/apps", "", Control, register_app},
    {"GET", "/_sandbox/accounts", "", Control, list_accounts},
    {"PUT", "/_sandbox/accounts/{portalId}", "", Control, put_account},
    {"POST", "/_sandbox/uninstall", "", Control, uninstall_by_customer},
    {"*", "/_sandbox/echo", "", Metered, echo},
    {"*", "/_sandbox/echo/{*}", "", Metered, echo},
    {"GET", "/_sandbox/bytes", "", Metered, stream_bytes},
};

}  // namespace

std::span<const Endpoint> endpoints() { return kEndpoints; }

}  // namespace wayleave::sandbox
