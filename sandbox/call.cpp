#include "sandbox/call.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kPageLinkMax = 2'000;

}  // namespace

std::optional<std::string_view> Params::find(std::string_view name) const {
  const auto at = std::ranges::find(fields_, name, &FormFields::value_type::first);
  if (at == fields_.end()) return std::nullopt;
  return at->second;
}

std::string_view Params::get(std::string_view name) const { return find(name).value_or(""); }

std::size_t Params::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count(fields_, name, &FormFields::value_type::first));
}

std::vector<std::string> Params::list(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : fields_) {
    if (key != name) continue;
    for (const auto part : split(value, ',')) {
      if (!trim(part).empty()) out.emplace_back(trim(part));
    }
  }
  return out;
}

Crm& Call::crm() const { return world.accounts.crm(*account); }

Outcome<void> Call::require_any(std::vector<std::string> scopes) const {
  const bool has = std::ranges::any_of(
      scopes, [&](const std::string& scope) { return contains(grant->scopes, scope); });
  if (!has) return missing_scopes(std::move(scopes));
  return {};
}

std::string Call::base_url() const {
  const auto host = request.fields.get("host").value_or("api.hubapi.com");
  return "http://" + std::string(host.substr(0, kPageLinkMax));
}

bool has_media_type(const net::Request& request, std::string_view type) {
  const auto field = request.fields.get("content-type").value_or("");
  return iequals(trim(field.substr(0, field.find(';'))), type);
}

Outcome<json::value> json_value(const Call& call) {
  if (!has_media_type(call.request, "application/json")) {
    Problem problem;
    problem.status = 415;
    problem.category = "UNSUPPORTED_MEDIA_TYPE";
    problem.message = "Unsupported media type: send application/json";
    return std::unexpected(std::move(problem));
  }
  json::error_code error;
  json::value value = json::parse(call.request.body, error);
  if (error) return invalid("Invalid input JSON on line 1, column 1: " + error.message());
  return value;
}

Outcome<json::object> json_body(const Call& call) {
  WL_TRY(json::value value, json_value(call));
  if (!value.is_object()) return invalid("Invalid input JSON on line 1, column 1: not an object");
  return std::move(value.get_object());
}

std::optional<std::uint64_t> parse_id(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

Outcome<Paging> read_paging(const Params& query, std::size_t limit_default, std::size_t limit_max) {
  Paging paging;
  paging.limit = limit_default;
  if (const auto text = query.find("limit")) {
    const auto limit = parse_id(*text);
    if (!limit || *limit == 0 || *limit > limit_max) {
      return invalid("limit must be between 1 and " + std::to_string(limit_max));
    }
    paging.limit = static_cast<std::size_t>(*limit);
  }
  if (const auto text = query.find("after"); text && !text->empty()) {
    const auto after = parse_id(*text);
    if (!after) return invalid("after is no paging cursor of this list");
    paging.after = *after;
  }
  return paging;
}

Outcome<bool> read_bool(const Params& query, std::string_view name) {
  const auto text = query.find(name);
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return invalid(std::string(name) + " must be true or false");
}

}  // namespace wayleave::sandbox
