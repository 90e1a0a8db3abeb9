#include "provider/url_rule.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace wayleave::provider {
namespace {

namespace urls = boost::urls;

constexpr std::size_t kUrlBytesMax = 2048;

std::string host_of(const urls::url_view& url) {
  const auto host = url.encoded_host();
  return {host.data(), host.size()};
}

bool is_loopback(const urls::url_view& url) {
  switch (url.host_type()) {
    case urls::host_type::name:
      return host_of(url) == "localhost";
    case urls::host_type::ipv4:
      return url.host_ipv4_address().is_loopback();
    case urls::host_type::ipv6:
      return url.host_ipv6_address().is_loopback();
    default:
      return false;
  }
}

std::string origin(const urls::url_view& url) {
  const std::string scheme(url.scheme().data(), url.scheme().size());
  const auto port = url.port_number();
  const bool own =
      port == 0 || (scheme == "https" && port == 443) || (scheme == "http" && port == 80);
  return scheme + "://" + host_of(url) + (own ? "" : ":" + std::to_string(port));
}

/// Segments of letters, digits and "-._~", none of them empty, "." or "..": so that what is
/// appended cannot change what stands before.
bool is_base_path(std::string_view path) {
  if (path.empty() || path == "/") return true;
  if (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    const bool plain = std::ranges::all_of(segment, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("-._~").find(c) != std::string_view::npos;
    });
    if (segment.empty() || segment == "." || segment == ".." || !plain) return false;
    path.remove_prefix(segment.size());
  }
  return true;
}

std::optional<std::string> host_fault(const urls::url_view& url) {
  const std::string host = host_of(url);
  const bool known = url.host_type() == urls::host_type::name ||
                     url.host_type() == urls::host_type::ipv4 ||
                     url.host_type() == urls::host_type::ipv6;
  if (host.empty() || !known) return "must name a host";
  const bool plain = std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-.:[]").find(c) != std::string_view::npos;
  });
  if (!plain) return "must name its host in lower case, international names in their xn-- form";
  if (url.has_port() && url.port_number() == 0) return "has a port that is not one";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> url_fault(std::string_view url, const UrlRule& rule) {
  if (url.size() > kUrlBytesMax) return "is longer than 2048 characters";
  const auto parsed = urls::parse_uri({url.data(), url.size()});
  if (!parsed || !parsed->has_authority() ||
      !(url.starts_with("https://") || url.starts_with("http://"))) {
    return "must be an absolute URL starting with https://";
  }
  if (parsed->has_userinfo()) return "must not have a user part (name@host)";
  if (parsed->has_fragment()) return "must not have a fragment (#)";
  if (auto fault = host_fault(*parsed)) return fault;
  if (parsed->scheme_id() == urls::scheme::http && !is_loopback(*parsed) &&
      origin(*parsed) != rule.plain_origin) {
    return "must start with https:// (http is for loopback hosts only)";
  }
  if (!rule.query && parsed->has_query()) return "must not have a query (?)";
  const auto path = parsed->encoded_path();
  if (rule.path_is_base && !is_base_path({path.data(), path.size()})) {
    return "must have a path of plain segments (letters, digits, '-', '.', '_', '~') or none";
  }
  return std::nullopt;
}

std::string origin_of(std::string_view url) {
  const auto parsed = urls::parse_uri({url.data(), url.size()});
  return parsed && parsed->has_authority() ? origin(*parsed) : std::string();
}

bool is_bare_origin(std::string_view url) {
  const std::string origin = origin_of(url);
  const UrlRule rule{.query = false, .path_is_base = true, .plain_origin = origin};
  return !url_fault(url, rule) && std::ranges::count(url, '/') == 2;
}

}  // namespace wayleave::provider
