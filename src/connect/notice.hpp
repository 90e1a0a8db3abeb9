#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "connect/outcome.hpp"

namespace wayleave::connect {

/// What a customer is told at the end of a trip; the words are texts `<key>.title`, `<key>.text`.
struct Notice {
  enum class Tone { Good, Calm, Bad } tone = Tone::Bad;
  std::string_view key;
  enum class Advice { None, Close, StartAgain } advice = Advice::None;
  bool quotes = false;  ///< the provider's own words belong to it (OA-11)
  /// What the opening window's SDK is told: `connected`, `denied` or `failed`, and why.
  std::string_view status = "failed";
  std::string_view reason = {};
};

/// @param limited  connected, but with less than was asked for
[[nodiscard]] Notice notice_of(Outcome outcome, bool limited = false);

/// Why an install link is of no use any more.
enum class LinkEnd { None, Used, Expired };
/// Why an install link cannot be followed.
[[nodiscard]] Notice notice_of_link(const Error& error, LinkEnd end);

/// `expired`, `used`, `denied` …: an outcome as the SDK's error codes have it.
[[nodiscard]] std::string_view reason_of(Outcome outcome);

}  // namespace wayleave::connect
