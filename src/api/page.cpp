#include "api/page.hpp"

#include <fmt/core.h>

#include "api/json_writer.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace wayleave::api {
namespace {

// Starts each cursor, so that a later order of lists can tell old cursors from its own.
constexpr std::string_view kCursorVersion = "1:";

}  // namespace

Result<std::optional<std::string>> query_text(const net::Request& request, std::string_view name) {
  const std::size_t count = request.query_count(name);
  if (count == 0) return std::nullopt;
  if (count > 1) return reject(std::string(name), fmt::format("{}: give it once", name));
  auto value = request.query_param(name);
  if (!value) return reject(std::string(name), fmt::format("{}: not well encoded", name));
  return value;
}

Result<std::string> required_query(const net::Request& request, std::string_view name) {
  WL_TRY(auto value, query_text(request, name));
  if (!value || value->empty()) {
    return reject(std::string(name), fmt::format("{}: is missing from the query", name));
  }
  return *std::move(value);
}

std::unexpected<Error> foreign_cursor() {
  return reject("cursor", "cursor: use nextCursor of the previous page as it came");
}

Result<std::optional<Instant>> query_time(const net::Request& request, std::string_view name) {
  WL_TRY(const auto text, query_text(request, name));
  if (!text) return std::nullopt;
  const auto at = from_rfc3339(*text);
  if (!at) {
    return reject(std::string(name),
                  fmt::format("{}: a time such as 2026-11-23T14:00:00Z, in UTC", name));
  }
  return at;
}

Result<Page> read_page(const net::Request& request) {
  Page page;
  WL_TRY(const auto limit, query_text(request, "limit"));
  if (limit) {
    const auto number = parse_number<int>(*limit);
    if (!number || *number < 1 || *number > kPageMax) {
      return reject("limit", fmt::format("limit: a whole number from 1 to {}", kPageMax));
    }
    page.limit = *number;
  }
  WL_TRY(const auto cursor, query_text(request, "cursor"));
  if (cursor && !cursor->empty()) {
    const auto place = from_base64url(*cursor);
    if (!place || !place->starts_with(kCursorVersion) || has_control(*place) || !is_utf8(*place)) {
      return foreign_cursor();
    }
    page.after = place->substr(kCursorVersion.size());
  }
  return page;
}

Result<std::optional<std::string>> query_plain(const net::Request& request, std::string_view name) {
  WL_TRY(auto value, query_text(request, name));
  if (value && (has_control(*value) || !is_utf8(*value))) {
    return reject(std::string(name),
                  fmt::format("{}: must be UTF-8 without control characters", name));
  }
  return value;
}

std::string make_cursor(std::string_view place) {
  return to_base64url(std::string(kCursorVersion) + std::string(place));
}

net::Response list_document(const std::vector<std::string>& data, const std::string& next_cursor) {
  JsonWriter body;
  body.raw("data", json_array(data)).text_or_null("nextCursor", next_cursor);
  return net::json_response(200, body.str());
}

}  // namespace wayleave::api
