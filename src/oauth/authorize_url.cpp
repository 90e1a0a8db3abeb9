#include "oauth/authorize_url.hpp"

#include <algorithm>
#include <array>

namespace wayleave::oauth {
namespace {

constexpr std::array<std::string_view, 9> kReserved = {
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "optional_scope",
    "state",
    "code_challenge",
    "code_challenge_method",
};

}  // namespace

bool is_reserved_authorize_param(std::string_view name) {
  return std::ranges::find(kReserved, name) != kReserved.end();
}

std::string authorize_url(const AuthorizeRequest& request) {
  FormFields query;
  query.emplace_back("response_type", "code");
  query.emplace_back("client_id", request.client_id);
  query.emplace_back("redirect_uri", request.redirect_uri);
  if (!request.scopes.empty()) {
    query.emplace_back("scope", join(request.scopes, request.scope_separator));
  }
  if (!request.optional_scopes.empty()) {
    query.emplace_back("optional_scope", join(request.optional_scopes, request.scope_separator));
  }
  query.emplace_back("state", request.state);
  if (!request.code_challenge.empty()) {
    query.emplace_back("code_challenge", request.code_challenge);
    query.emplace_back("code_challenge_method", "S256");
  }
  for (const auto& field : request.extra) {
    if (!is_reserved_authorize_param(field.first)) query.push_back(field);
  }

  std::string url = request.endpoint;
  const auto mark = url.find('?');
  if (mark == std::string::npos) {
    url += '?';
  } else if (mark + 1 != url.size() && !url.ends_with('&')) {
    url += '&';
  }
  return url + encode_form(query);
}

}  // namespace wayleave::oauth
