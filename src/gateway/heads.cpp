#include "gateway/heads.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "gateway/fields.hpp"
#include "net/http1/head_writer.hpp"

namespace wayleave::gateway {
namespace {

using net::http1::FieldView;
using net::http1::HeadWriter;
using net::http1::RequestHead;

constexpr std::string_view kUserAgent = "Wayleave";

bool gives(const Envelope& envelope, std::string_view name) {
  return std::any_of(envelope.headers.begin(), envelope.headers.end(), [&](const auto& field) {
    return iequals(field.first, name);
  });
}

void write_transparent(HeadWriter& out, const RequestHead& head, const ProxyCall& call) {
  for (const auto& [name, value] : call.app->provider->headers) {
    if (!head.get(name)) out.field(name, value);
  }
  out.fields(head, [&](const FieldView& field) { return goes_upstream(head, field.name); });
}

void write_envelope(HeadWriter& out, const RequestHead& head, const ProxyCall& call) {
  const Envelope& envelope = call.envelope;
  for (const auto& [name, value] : call.app->provider->headers) {
    if (!gives(envelope, name)) out.field(name, value);
  }
  for (const auto& [name, value] : envelope.headers) {
    // The answer is read here, so it must come in plain bytes.
    if (!iequals(name, "Accept-Encoding") && goes_upstream(head, name)) out.field(name, value);
  }
  if (envelope.body && !gives(envelope, "Content-Type")) {
    out.field("Content-Type", "application/json");
  }
  if (!gives(envelope, "Accept")) out.field("Accept", "application/json");
  if (!gives(envelope, "User-Agent")) out.field("User-Agent", kUserAgent);
}

}  // namespace

bool write_request_head(std::string& out, const RequestHead& head, const ProxyCall& call) {
  HeadWriter writer(out);
  writer.request_line(call.is_envelope() ? call.envelope.method : head.method,
                      call.destination.target);
  writer.written(call.destination.host->host_line);
  call.credential->authorization.expose([&](std::string_view line) { writer.written(line); });
  if (call.is_envelope()) {
    write_envelope(writer, head, call);
  } else {
    write_transparent(writer, head, call);
  }
  return writer.ok();
}

void write_answer_head(std::string& out, const net::http1::ResponseHead& head) {
  HeadWriter writer(out);
  writer.status_line(head.status, head.reason);
  writer.fields(head, [&](const FieldView& field) { return goes_to_caller(head, field.name); });
}

std::vector<std::pair<std::string, std::string>> passed_fields(
    const provider::Limits& limits, const net::http1::ResponseHead& head) {
  std::vector<std::pair<std::string, std::string>> passed;
  const auto pass = [&](std::string_view name) {
    if (const auto value = head.get(name)) passed.emplace_back(name, *value);
  };
  for (const auto& name : limits.headers) pass(name);
  for (const std::string_view name : {"Retry-After", "ETag", "Link", "Location"}) pass(name);
  return passed;
}

}  // namespace wayleave::gateway
