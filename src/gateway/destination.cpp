#include "gateway/destination.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "net/http1/head.hpp"

namespace wayleave::gateway {
namespace {

std::unexpected<Error> not_allowed(std::string field, std::string detail) {
  Error error{ErrorKind::Denied, "host_not_allowed", std::move(detail), {}, std::move(field)};
  return std::unexpected(std::move(error));
}

/// The part of an absolute URL from its path on; Origin::parse has judged what stands before.
std::string_view target_of(std::string_view url) {
  const auto authority = url.find("://") + 3;
  const auto end = url.find_first_of("/?#", authority);
  return end == std::string_view::npos ? std::string_view() : url.substr(end);
}

/// A segment that a server may take for "." or ".." whatever way it is written (PX-11).
bool is_dot_segment(std::string_view segment) {
  std::string plain;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == '%' && iequals(segment.substr(i, 3), "%2e")) {
      plain += '.';
      i += 2;
    } else {
      plain += segment[i];
    }
  }
  return plain == "." || plain == "..";
}

bool leaves_prefix(std::string_view target) {
  const auto segments = split(target.substr(0, target.find('?')), '/');
  return std::any_of(segments.begin(), segments.end(), is_dot_segment);
}

Result<Destination> on_host(const AllowedHost& host, std::string target, const char* field) {
  if (!net::http1::is_origin_form(target)) {
    return reject(field,
                  "the path must start with '/' and hold visible ASCII only; percent-encode the "
                  "rest");
  }
  if (!host.prefix.empty() && leaves_prefix(target)) {
    return reject(field, "'.' and '..' segments are not allowed below this provider's base path");
  }
  return Destination{&host, std::move(target)};
}

}  // namespace

Result<std::vector<AllowedHost>> allowed_hosts(const provider::Provider& provider) {
  std::vector<AllowedHost> hosts;
  for (const auto& declared : provider.hosts) {
    WL_TRY(auto origin, net::Origin::parse(declared.base_url));
    std::string prefix(target_of(declared.base_url));
    while (prefix.ends_with('/')) prefix.pop_back();
    std::string authority = origin.authority();
    hosts.push_back({declared.name, std::move(origin), std::move(authority), std::move(prefix)});
  }
  if (hosts.empty()) {
    return fail(ErrorKind::Reject, "invalid_request", "the provider has no API host");
  }
  return hosts;
}

Result<Destination> choose_destination(const std::vector<AllowedHost>& hosts,
                                       std::string_view base,
                                       std::string_view path,
                                       std::string_view query_with_mark) {
  const AllowedHost* host = &hosts.front();
  if (!base.empty()) {
    const auto at = std::find_if(
        hosts.begin(), hosts.end(), [&](const AllowedHost& each) { return each.name == base; });
    if (at == hosts.end()) {
      std::vector<std::string> names;
      for (const auto& each : hosts) names.push_back(each.name);
      return not_allowed("Wayleave-Base", "no such host; there are: " + join(names, ", "));
    }
    host = &*at;
  }
  std::string target = host->prefix;
  target += path;
  target += query_with_mark;
  return on_host(*host, std::move(target), "path");
}

Result<Destination> choose_destination(const std::vector<AllowedHost>& hosts,
                                       std::string_view url) {
  if (url.find('#') != std::string_view::npos) {
    return reject("url", "a fragment ('#…') is never sent to a server; leave it out");
  }
  if (url.starts_with('/')) {
    return on_host(hosts.front(), hosts.front().prefix + std::string(url), "url");
  }
  auto origin = net::Origin::parse(url);
  if (!origin) {
    if (url.find("://") == std::string_view::npos) {
      return reject("url", "must be a path starting with '/' or an absolute URL");
    }
    return not_allowed("url", "the URL's host is not one of the provider's");
  }
  const auto at = std::find_if(
      hosts.begin(), hosts.end(), [&](const AllowedHost& each) { return each.origin == *origin; });
  if (at == hosts.end()) {
    return not_allowed("url", "the URL's host is not one of the provider's");
  }
  std::string target(target_of(url));
  if (!target.starts_with('/')) target.insert(0, 1, '/');
  // An absolute URL names its whole path, so the base path is not put before it.
  const AllowedHost& host = *at;
  if (!net::http1::is_origin_form(target)) {
    return reject("url", "the path must hold visible ASCII only; percent-encode the rest");
  }
  return Destination{&host, std::move(target)};
}

}  // namespace wayleave::gateway
