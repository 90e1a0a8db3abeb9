#include "sandbox/apps.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "sandbox/limits.hpp"

namespace wayleave::sandbox {
namespace {

struct UrlParts {
  std::string_view scheme;
  std::string_view authority;
};

UrlParts split_url(std::string_view url) {
  const auto at = url.find("://");
  if (at == std::string_view::npos) return {};
  const auto rest = url.substr(at + 3);
  return {url.substr(0, at), rest.substr(0, rest.find_first_of("/?#"))};
}

std::string host_of(std::string_view authority) {
  if (authority.starts_with('[')) return to_lower(authority.substr(0, authority.find(']') + 1));
  return to_lower(authority.substr(0, authority.find(':')));
}

/// Digits and dots only, or in brackets: HubSpot registers domain names.
bool is_address(std::string_view host) {
  return host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

bool is_client_id(std::string_view text) {
  return !text.empty() && text.size() <= 200 &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_loopback_url(std::string_view url) {
  const std::string host = host_of(split_url(url).authority);
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

bool is_registrable_redirect(std::string_view url) {
  const UrlParts parts = split_url(url);
  const bool clean = !has_control(url) && url.find_first_of(" #\\\"<>") == std::string_view::npos &&
                     parts.authority.find('@') == std::string_view::npos &&
                     !host_of(parts.authority).empty();
  if (!clean) return false;
  if (is_loopback_url(url)) return iequals(parts.scheme, "https") || iequals(parts.scheme, "http");
  return iequals(parts.scheme, "https") && !is_address(host_of(parts.authority));
}

bool App::accepts_redirect(std::string_view url) const {
  if (std::ranges::find(redirect_urls, url) != redirect_urls.end()) return true;
  return adopted && is_registrable_redirect(url) && is_loopback_url(url);
}

bool App::accept_secret(std::string_view secret) {
  if (secret.empty()) return false;
  const crypto::Sha256 digest = crypto::sha256(secret);
  if (adopted && !secret_digest) secret_digest = digest;
  return secret_digest && crypto::equal_constant_time(as_text(*secret_digest), as_text(digest));
}

App* Apps::find(std::string_view client_id) {
  const auto at = apps_.find(client_id);
  return at == apps_.end() ? nullptr : &at->second;
}

App* Apps::put(App app) {
  if (!apps_.contains(app.client_id) && apps_.size() >= kAppsMax) return nullptr;
  if (app.app_id == 0) app.app_id = next_app_id_++;
  if (app.name.empty()) app.name = "App " + std::to_string(app.app_id);
  const std::string key = app.client_id;
  return &apps_.insert_or_assign(key, std::move(app)).first->second;
}

}  // namespace wayleave::sandbox
