#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/audit.hpp"
#include "api/page.hpp"
#include "base/result.hpp"
#include "net/message.hpp"

namespace wayleave::api {

/// The filters of the audit trail as a query gives them: action, actor, target, q, since, until.
[[nodiscard]] Result<access::AuditFilter> read_audit_filter(const net::Request& request);

/// A place in the trail as a cursor holds it.
[[nodiscard]] std::string to_cursor_place(const access::AuditPlace& place);
[[nodiscard]] Result<access::AuditPlace> audit_place(std::string_view text);

/// The columns of an export as CSV.
[[nodiscard]] const std::vector<std::string>& audit_csv_columns();

}  // namespace wayleave::api
