#include "gateway/request_note.hpp"

#include <algorithm>
#include <limits>

namespace wayleave::gateway {
namespace {

constexpr std::string_view kKeyMark = "wlk_";
constexpr std::size_t kTokenBytesMin = 8;    // shorter ones are no secret and part of many words
constexpr std::size_t kMethodBytesMax = 20;  // the longest registered one has 17
constexpr std::size_t kTraceIdAt = 3;        // after `00-`
constexpr std::size_t kTraceIdSize = 32;

std::uint32_t millis_of(Tick::duration duration) {
  const auto count = std::chrono::duration_cast<Millis>(duration).count();
  return static_cast<std::uint32_t>(
      std::clamp<Millis::rep>(count, 0, std::numeric_limits<std::uint32_t>::max()));
}

/// What the caller sent as user is repeated only when it is the user of a connection: anything may
/// stand there by mistake, a key as well (LG-01).
bool user_is_known(const ProxyCall& call) {
  return call.credential || call.error_code == "reauthorization_required" ||
         call.error_code == "refresh_unknown";
}

}  // namespace

std::string_view trace_id_of(std::string_view traceparent) {
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const std::string_view id = traceparent.substr(kTraceIdAt, kTraceIdSize);
  const bool hex = std::ranges::all_of(
      id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return hex && id.find_first_not_of('0') != std::string_view::npos ? id : std::string_view();
}

std::string_view shown_path(std::string_view target, std::string_view token) {
  std::string_view path = target.substr(0, target.find('?'));
  path = path.substr(0, path.find(kKeyMark));
  if (token.size() >= kTokenBytesMin) path = path.substr(0, path.find(token));
  return path.substr(0, kRequestTextBytesMax);
}

void note_request(RequestInlet& inlet,
                  const net::Exchange& exchange,
                  const ProxyCall& call,
                  const net::Outcome& outcome) {
  if (!call.key) return;
  const bool failed = outcome.status < 100 || outcome.status >= 400 || outcome.cut;
  if (!inlet.admit(failed)) return;

  RequestRecord record;
  RequestFacts& facts = record.facts;
  facts.ended = outcome.ended;
  facts.request_bytes = outcome.request_bytes;
  facts.answer_bytes = outcome.answer_bytes;
  facts.duration_ms = millis_of(outcome.ended - outcome.started);
  facts.provider_ms = millis_of(outcome.provider_wait);
  facts.status = static_cast<std::uint16_t>(outcome.status);
  facts.attempts = static_cast<std::uint16_t>(call.tries);
  facts.cut = outcome.cut;
  facts.failed = failed;

  record[RequestText::Workspace] = call.key->workspace.str();
  if (call.app) record[RequestText::App] = call.app->slug;
  if (user_is_known(call)) record[RequestText::User] = call.user;
  if (call.credential) record[RequestText::Connection] = call.credential->connection.str();
  record[RequestText::Method] =
      (call.body_read ? call.envelope.method : call.method).substr(0, kMethodBytesMax);
  const std::string_view target = call.destination.target;
  record[RequestText::Path] = call.credential
                                  ? call.credential->expose_token([target](std::string_view token) {
                                      return shown_path(target, token);
                                    })
                                  : shown_path(target, {});
  facts.path_cut = record[RequestText::Path].size() != target.substr(0, target.find('?')).size();
  record[RequestText::Code] = call.error_code;
  record[RequestText::RequestId] = exchange.request_id();
  record[RequestText::TraceId] = trace_id_of(call.traceparent);
  inlet.put(record);
}

}  // namespace wayleave::gateway
