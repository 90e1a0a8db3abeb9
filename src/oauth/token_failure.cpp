#include "oauth/token_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/text.hpp"

namespace wayleave::oauth {
namespace {

constexpr std::size_t kTokenRun = 16;  // shorter runs of characters are words, not tokens
constexpr std::size_t kLongRun = 32;

/// The grant is dead (RFC 6749 section 5.2).
constexpr std::array<std::string_view, 1> kTerminal = {"invalid_grant"};
/// The server says itself that it may pass (RFC 6749 section 4.1.2.1, RFC 8628 section 3.5).
constexpr std::array<std::string_view, 4> kTransient = {
    "temporarily_unavailable", "server_error", "slow_down", "rate_limited"};
/// The client or its request is wrong (RFC 6749 section 5.2).
constexpr std::array<std::string_view, 5> kConfig = {"invalid_client",
                                                     "unauthorized_client",
                                                     "unsupported_grant_type",
                                                     "invalid_request",
                                                     "invalid_scope"};

bool contains(const auto& set, std::string_view word) {
  return std::ranges::find(set, word) != set.end();
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool alphanumeric(char c) { return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool in_token(char c) {
  return alphanumeric(c) || std::string_view("-._~+/=%:").find(c) != std::string_view::npos;
}

/// Statuses that say nothing about the grant whatever the body holds: redirects (OA-16), timeouts,
/// locks, rate limits, HubSpot's account move (477), faults of the server.
bool says_nothing(int status) {
  return status < 200 || (status >= 300 && status < 400) || status == 408 || status == 423 ||
         status == 425 || status == 429 || status == 477 || status >= 500;
}

/// The words of the answer that may name its error, the standard one first.
std::vector<std::string> error_words(const FlatObject& object) {
  std::vector<std::string> found;
  for (const std::string_view name : {"error", "status", "code"}) {
    auto word = object.string(name);
    if (word && !word->empty()) found.push_back(*std::move(word));
  }
  return found;
}

std::optional<FailureClass> by_provider(const std::vector<std::string>& found,
                                        const ErrorWords& words) {
  // The mildest reading wins where a body carries two words.
  const auto any_in = [&](const std::set<std::string>& set) {
    return std::ranges::any_of(found, [&](const std::string& word) { return set.contains(word); });
  };
  if (any_in(words.transient)) return FailureClass::Transient;
  if (any_in(words.config)) return FailureClass::Config;
  if (any_in(words.terminal)) return FailureClass::Terminal;
  return std::nullopt;
}

FailureClass by_standard(int status, std::string_view error) {
  if (contains(kTerminal, error)) return FailureClass::Terminal;
  if (contains(kTransient, error)) return FailureClass::Transient;
  if (contains(kConfig, error)) return FailureClass::Config;
  // An unknown word refuses the request when the status does; with 200 nothing is certain.
  return status >= 400 ? FailureClass::Config : FailureClass::Transient;
}

}  // namespace

std::string scrub(std::string_view text) {
  std::string out;
  text = text.substr(0, 4 * kDetailBytesMax);
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && in_token(text[end])) ++end;
    const std::string_view run = text.substr(i, end - i);
    if (run.empty()) {
      const auto byte = static_cast<std::uint8_t>(text[i++]);
      out += byte < 0x20 || byte >= 0x7f ? ' ' : static_cast<char>(byte);
      continue;
    }
    const bool token_like =
        run.size() >= kLongRun || (run.size() >= kTokenRun && std::ranges::any_of(run, digit));
    out += token_like ? std::string_view("[...]") : run;
    i = end;
  }
  out.resize(std::min(out.size(), kDetailBytesMax));
  return out;
}

std::string safe_code(std::string_view text) {
  std::string code = scrub(text.substr(0, kCodeBytesMax));
  for (char& c : code) {
    if (!alphanumeric(c) && c != '_' && c != '-' && c != '.') c = '_';
  }
  return code;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > 18 || !std::ranges::all_of(text, digit)) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) seconds = seconds * 10 + (c - '0');
  return std::min(std::chrono::seconds{seconds}, kRetryAfterMax);
}

bool reports_error(const FlatObject& object) {
  if (object.is_false("ok")) return true;
  const Member* error = object.find("error");
  if (error == nullptr) return false;
  switch (error->kind) {
    case Member::Kind::String:
      return !error->text.empty();
    case Member::Kind::Object:
      return true;
    default:
      return false;
  }
}

TokenFailure transient_failure(std::string_view why) {
  TokenFailure failure;
  failure.detail = why;
  return failure;
}

TokenFailure classify_failure(int status,
                              const FlatObject* object,
                              const ErrorWords& words,
                              const Confidential& told) {
  TokenFailure failure;
  failure.detail = fmt::format("HTTP {}", status);
  if (object == nullptr) {
    failure.detail += ", the body is not a sound JSON object";
    return failure;
  }
  const std::vector<std::string> found = error_words(*object);
  const auto error = object->string("error");
  const auto known = by_provider(found, words);
  if (!found.empty()) {
    failure.code = safe_code(told.blot(error && !error->empty() ? *error : found.front()));
  }
  for (const std::string_view name : {"error_description", "message"}) {
    if (const auto text = object->string(name)) {
      failure.detail = (failure.detail + ": " + scrub(told.blot(*text))).substr(0, kDetailBytesMax);
      break;
    }
  }
  if (says_nothing(status)) return failure;
  if (known) {
    failure.failure = *known;
  } else if (error && !error->empty()) {
    failure.failure = by_standard(status, *error);
  }  // else not an answer of an OAuth server: transient
  return failure;
}

}  // namespace wayleave::oauth
