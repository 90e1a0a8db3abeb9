#include "connect/return_url.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "connect/limits.hpp"

namespace wayleave::connect {
namespace {

bool visible_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

/// Letters, digits, '-', '.', or a bracketed IPv6 literal: no user part, no escapes.
bool plain_host(std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return false;
    host = host.substr(1, host.size() - 2);
    return !host.empty() && host.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !host.empty() &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos;
}

/// Splits `host[:port]`; false when the port is no number from 1 to 65535.
bool split_port(std::string_view authority, std::string_view& host, int& port) {
  const auto host_end = authority.starts_with('[') ? authority.find(']') : 0;
  if (host_end == std::string_view::npos) return false;
  const auto colon = authority.find(':', host_end);
  host = authority.substr(0, colon);
  if (colon == std::string_view::npos) return true;
  const std::string_view digits = authority.substr(colon + 1);
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return fault == std::errc{} && end == digits.data() + digits.size() && port >= 1 && port <= 65535;
}

}  // namespace

std::string origin_of(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == std::string_view::npos || !visible_ascii(url)) return {};
  const std::string scheme = to_lower(url.substr(0, mark));
  if (scheme != "https" && scheme != "http") return {};
  const std::string_view rest = url.substr(mark + 3);
  const std::string authority = to_lower(rest.substr(0, rest.find_first_of("/?#")));

  std::string_view host;
  int port = scheme == "https" ? 443 : 80;
  const int default_port = port;
  if (!split_port(authority, host, port) || !plain_host(host)) return {};
  std::string origin = scheme + "://" + std::string(host);
  if (port != default_port) origin += ":" + std::to_string(port);
  return origin;
}

Result<> check_return_url(std::string_view url, const std::vector<std::string>& origins) {
  if (url.size() > kReturnUrlBytesMax) {
    return reject("returnUrl",
                  "returnUrl is longer than " + std::to_string(kReturnUrlBytesMax) + " bytes");
  }
  const std::string origin = origin_of(url);
  if (origin.empty()) {
    return reject("returnUrl",
                  "returnUrl must be an absolute https URL of visible ASCII characters without a "
                  "user part");
  }
  const bool listed = std::ranges::any_of(
      origins, [&](const std::string& allowed) { return origin_of(allowed) == origin; });
  if (!listed) {
    return reject("returnUrl",
                  "the origin of returnUrl is not among the app's returnOrigins; add it there");
  }
  return {};
}

Result<> check_opener(std::string_view origin, const std::vector<std::string>& origins) {
  const bool exact =
      origin.size() <= kOriginBytesMax && !origin.empty() && origin_of(origin) == origin;
  const bool listed = exact && std::ranges::any_of(origins, [&](const std::string& allowed) {
                        return origin_of(allowed) == origin;
                      });
  if (!listed) {
    return reject("origin",
                  "origin must be one of the app's returnOrigins, as a browser writes it");
  }
  return {};
}

std::string complete_return_url(std::string_view url, const FormFields& parameters) {
  const auto hash = url.find('#');
  std::string out(url.substr(0, hash));
  const auto question = out.find('?');
  if (question == std::string::npos) {
    out += '?';
  } else if (!out.ends_with('?') && !out.ends_with('&')) {
    out += '&';
  }
  out += encode_form(parameters);
  if (hash != std::string_view::npos) out += url.substr(hash);
  return out;
}

}  // namespace wayleave::connect
