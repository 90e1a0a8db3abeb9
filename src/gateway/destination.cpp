#include "gateway/destination.hpp"

#include <algorithm>
#include <utility>

#include "base/append.hpp"
#include "base/text.hpp"
#include "net/http1/head.hpp"
#include "net/http1/head_writer.hpp"

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

Result<> check_prefix(const AllowedHost& host, std::string_view target, const char* field) {
  if (!host.prefix.empty() && leaves_prefix(target)) {
    return reject(field, "'.' and '..' segments are not allowed below this provider's base path");
  }
  return {};
}

Result<> check_form(std::string_view target) {
  if (net::http1::is_origin_form(target)) return {};
  return reject("url", "the path must hold visible ASCII only; percent-encode the rest");
}

}  // namespace

Result<std::vector<AllowedHost>> allowed_hosts(const provider::Provider& provider) {
  std::vector<AllowedHost> hosts;
  for (const auto& declared : provider.hosts) {
    WL_TRY(auto origin, net::Origin::parse(declared.base_url));
    std::string prefix(target_of(declared.base_url));
    while (prefix.ends_with('/')) prefix.pop_back();
    std::string line;
    net::http1::HeadWriter writer(line);
    writer.field("Host", origin.authority());
    if (!writer.ok()) return internal("a provider's host cannot be written into a head");
    hosts.push_back({declared.name, std::move(origin), std::move(line), std::move(prefix)});
  }
  if (hosts.empty()) {
    return fail(ErrorKind::Reject, "invalid_request", "the provider has no API host");
  }
  return hosts;
}

Result<> choose_destination(const std::vector<AllowedHost>& hosts,
                            std::string_view base,
                            std::string_view path,
                            std::string_view query_with_mark,
                            Destination& out) {
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
  out.target.clear();
  append(out.target, host->prefix, path, query_with_mark);
  WL_CHECK(check_prefix(*host, out.target, "path"));
  out.host = host;
  return {};
}

Result<> choose_destination(const std::vector<AllowedHost>& hosts,
                            std::string_view url,
                            Destination& out) {
  if (url.find('#') != std::string_view::npos) {
    return reject("url", "a fragment ('#…') is never sent to a server; leave it out");
  }
  if (url.starts_with('/')) {
    const AllowedHost& host = hosts.front();
    out.target.assign(host.prefix).append(url);
    WL_CHECK(check_form(out.target));
    WL_CHECK(check_prefix(host, out.target, "url"));
    out.host = &host;
    return {};
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
  // An absolute URL names its whole path, so the base path is not put before it.
  out.target.assign(target_of(url));
  if (!out.target.starts_with('/')) out.target.insert(0, 1, '/');
  WL_CHECK(check_form(out.target));
  out.host = &*at;
  return {};
}

}  // namespace wayleave::gateway
