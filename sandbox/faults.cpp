#include "sandbox/faults.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/problem.hpp"

namespace wayleave::sandbox {
namespace {

// Status line and the fields the worker adds: about what cannot be seen from here.
constexpr std::uint64_t kHeadBytes = 160;
// Half of a stream is sent from memory; of longer streams this much.
constexpr std::uint64_t kStreamHalfMax = 8U << 20;

std::uint64_t serialised_bytes(const net::Response& response) {
  std::uint64_t bytes = kHeadBytes + response.body.size() + response.stream_bytes.value_or(0);
  for (const auto& [name, value] : response.fields) bytes += name.size() + value.size() + 4;
  return bytes;
}

/// Cuts the answer in its middle. The worker cuts bodies, not streams, so the part of a stream that
/// is to be sent becomes the body; the head still promises the whole.
void cut_half(net::Response& response) {
  std::uint64_t half = serialised_bytes(response) / 2;
  if (response.stream) {
    half = std::min(half, kStreamHalfMax);
    std::string part(static_cast<std::size_t>(half), '\0');
    std::size_t filled = 0;
    while (filled < part.size()) {
      const std::size_t got = response.stream->read(std::span(part).subspan(filled));
      if (got == 0) break;
      filled += got;
    }
    part.resize(filled);
    response.body = std::move(part);
  }
  response.cut_after = half;
}

/// The body HubSpot gives with such a status when the rule does not say.
net::Response usual_answer(int status, std::string_view correlation_id) {
  Problem problem;
  problem.status = status;
  problem.category = "";
  switch (status) {
    case 401:
      problem.category = "INVALID_AUTHENTICATION";
      problem.message = "Authentication credentials not found.";
      break;
    case 423:
      problem.category = "LOCKED";
      problem.message = "The resource is locked; retry in a moment.";
      break;
    case 429:
      problem.category = "RATE_LIMITS";
      problem.message = "You have reached your ten_secondly_rolling limit.";
      break;
    case 477:
      problem.category = "MIGRATION_IN_PROGRESS";
      problem.message = "The account is being moved to another data centre.";
      break;
    default:
      problem.message = std::string(net::reason_phrase(status));
  }
  if (status >= 502) return net::text_response(status, problem.message);
  return answer(problem, correlation_id);
}

}  // namespace

bool Fault::lets_through() const {
  return drop != Drop::Before && (!status || effect || drop != Drop::None);
}

void Fault::bend(net::Response& response, std::string_view correlation_id) const {
  if (status) {
    net::Response wrong = usual_answer(*status, correlation_id);
    response = std::move(wrong);
  }
  if (body) {
    response.body = *body;
    response.stream.reset();
    response.stream_bytes.reset();
  }
  for (const auto& [name, value] : headers) response.fields.set(name, value);
  if (drop == Drop::Before || drop == Drop::After) response.cut_after = 0;
  if (drop == Drop::Half) cut_half(response);
}

bool Faults::add(Fault fault) {
  if (rules_.size() >= kFaultsMax) return false;
  rules_.push_back(std::move(fault));
  return true;
}

std::optional<Fault> Faults::take(std::string_view method, std::string_view path) {
  constexpr std::uint64_t kOdds = 1'000'000;
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    if (!path.starts_with(rule->path)) continue;
    if (!rule->method.empty() && rule->method != method) continue;
    if (rule->skip > 0) {
      --rule->skip;
      continue;
    }
    if (static_cast<double>(dice_.below(kOdds)) >= rule->chance * static_cast<double>(kOdds)) {
      continue;
    }
    Fault used = *rule;
    if (rule->times && --*rule->times == 0) rules_.erase(rule);
    return used;
  }
  return std::nullopt;
}

}  // namespace wayleave::sandbox
