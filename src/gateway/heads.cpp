#include "gateway/heads.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "gateway/fields.hpp"
#include "net/http1/head_writer.hpp"
#include "net/http1/word.hpp"
#include "net/message.hpp"

namespace wayleave::gateway {
namespace {

using net::http1::FieldView;
using net::http1::HeadWriter;
using net::http1::RequestHead;

constexpr std::string_view kJsonLine = "Content-Type: application/json\r\n";

bool gives(const Envelope& envelope, std::string_view name) {
  return std::any_of(envelope.headers.begin(), envelope.headers.end(), [&](const auto& field) {
    return iequals(field.name, name);
  });
}

void write_transparent(HeadWriter& out, const RequestHead& head, const ProxyCall& call) {
  for (const auto& [name, value] : call.app->provider->headers) {
    if (head.count(name) == 0) out.field(name, value);
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
  if (envelope.body && !gives(envelope, "Content-Type")) out.written(kJsonLine);
  if (!gives(envelope, "Accept")) out.written("Accept: application/json\r\n");
  if (!gives(envelope, "User-Agent")) out.written("User-Agent: Wayleave\r\n");
}

/// What a caller needs to page, to compare and to wait, and the provider's rate limits.
bool passes_envelope(std::string_view name, const provider::Limits& limits) {
  const auto is = [&](std::string_view lower) { return net::http1::same_word(name, lower); };
  if (is("content-type") || is("date")) return false;  // the answer has its own
  return is("etag") || is("link") || is("location") || is("retry-after") ||
         std::ranges::any_of(limits.headers,
                             [&](const std::string& each) { return iequals(each, name); });
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

void write_envelope_answer_head(std::string& out,
                                const net::http1::ResponseHead& head,
                                const provider::Limits& limits) {
  HeadWriter writer(out);
  writer.status_line(head.status, net::reason_phrase(head.status));
  writer.written(kJsonLine);
  writer.fields(head, [&](const FieldView& field) {
    return passes_envelope(field.name, limits) && goes_to_caller(head, field.name);
  });
}

}  // namespace wayleave::gateway
