#include "net/client/prepared.hpp"

#include <algorithm>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "net/http1/head.hpp"
#include "net/http1/head_writer.hpp"

namespace wayleave::net {
namespace {

constexpr std::size_t kMethodBytesMax = 32;

bool is_one_of(std::string_view method, std::initializer_list<std::string_view> methods) {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

/// Path and query of a URL that Origin::parse took, "/" when it has no path.
std::string target_of(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  const auto begin = std::min(url.find_first_of("/?#"), url.size());
  url = url.substr(begin, url.find('#') - begin);
  return url.starts_with('/') ? std::string(url) : "/" + std::string(url);
}

bool is_own_field(std::string_view name) {
  return http1::is_hop_by_hop(name) || iequals(name, "host") || iequals(name, "content-length") ||
         iequals(name, "expect");
}

/// Room for the whole request, so that no copy of a credential is left behind by growing.
std::size_t size_of(const Outgoing& outgoing) {
  constexpr std::size_t own_fields_bytes = 512;
  std::size_t size = own_fields_bytes + 2 * outgoing.url.size() + outgoing.body.size();
  for (const auto& [name, value] : outgoing.fields) size += name.size() + value.size() + 4;
  return size;
}

bool write_head(const Outgoing& outgoing, const Origin& origin, std::string& out) {
  http1::HeadWriter head(out);
  head.request_line(outgoing.method, target_of(outgoing.url));
  head.field("Host", origin.authority());
  if (!outgoing.fields.get("user-agent")) head.field("User-Agent", "wayleave");
  for (const auto& [name, value] : outgoing.fields) head.field(name, value);
  if (!outgoing.body.empty() || is_one_of(outgoing.method, {"POST", "PUT", "PATCH"})) {
    head.field("Content-Length", outgoing.body.size());
  }
  head.end();
  return head.ok();
}

}  // namespace

Prepared::~Prepared() { wipe(bytes.data(), bytes.size()); }

Result<Prepared> prepare(Outgoing outgoing) {
  WL_TRY(auto origin, Origin::parse(outgoing.url));
  if (outgoing.method.size() > kMethodBytesMax ||
      is_one_of(outgoing.method, {"CONNECT", "TRACE"})) {
    return reject("method", "this method cannot be sent");
  }
  for (const auto& [name, value] : outgoing.fields) {
    if (is_own_field(name)) return reject("fields", "the client itself writes the field " + name);
  }
  Prepared prepared;
  prepared.bytes.reserve(size_of(outgoing));
  if (!write_head(outgoing, origin, prepared.bytes)) {
    return reject("fields", "the method, URL or a field holds a character that is not allowed");
  }
  prepared.bytes += outgoing.body;
  wipe(outgoing.body.data(), outgoing.body.size());
  prepared.origin = std::move(origin);
  prepared.idempotent = http1::is_idempotent(outgoing.method);
  prepared.method = std::move(outgoing.method);
  prepared.answer_bytes_max = outgoing.answer_bytes_max;
  prepared.still_wanted = std::move(outgoing.still_wanted);
  return prepared;
}

}  // namespace wayleave::net
