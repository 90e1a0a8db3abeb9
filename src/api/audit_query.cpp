#include "api/audit_query.hpp"

#include <fmt/core.h>

#include "base/text.hpp"

namespace wayleave::api {
namespace {

constexpr std::size_t kFilterBytesMax = 512;

Result<std::optional<std::string>> filter_text(const net::Request& request, std::string_view name) {
  WL_TRY(auto text, query_text(request, name));
  if (!text || text->empty()) return std::nullopt;
  if (text->size() > kFilterBytesMax || has_control(*text) || !is_utf8(*text)) {
    return reject(
        std::string(name),
        fmt::format(
            "{}: up to {} bytes of UTF-8 text without control characters", name, kFilterBytesMax));
  }
  return text;
}

}  // namespace

Result<access::AuditFilter> read_audit_filter(const net::Request& request) {
  access::AuditFilter filter;
  WL_TRY(filter.action, filter_text(request, "action"));
  WL_TRY(filter.actor, filter_text(request, "actor"));
  WL_TRY(filter.target, filter_text(request, "target"));
  WL_TRY(filter.text, filter_text(request, "q"));
  WL_TRY(filter.since, query_time(request, "since"));
  WL_TRY(filter.until, query_time(request, "until"));
  return filter;
}

std::string to_cursor_place(const access::AuditPlace& place) {
  return fmt::format("{}.{}", to_millis(place.at), place.sequence);
}

Result<access::AuditPlace> audit_place(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return foreign_cursor();
  const auto at = parse_number<std::int64_t>(text.substr(0, dot));
  const auto sequence = parse_number<std::int64_t>(text.substr(dot + 1));
  if (!at || !sequence) return foreign_cursor();
  return access::AuditPlace{from_millis(*at), *sequence};
}

}  // namespace wayleave::api
