#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "connect/outcome.hpp"

namespace wayleave::connect {

/// What a customer is told at the end of a trip: plain words, and what to do next.
struct Notice {
  enum class Tone { Good, Calm, Bad } tone = Tone::Bad;
  std::string title;
  std::vector<std::string> lines;
  std::string quote = {};  ///< the provider's own words (OA-11)
};

/// @param provider_name, app_slug  may be empty while the flow is not known to be ours
[[nodiscard]] Notice notice_of(Outcome outcome,
                               std::string_view provider_name,
                               std::string_view app_slug,
                               std::string_view provider_text);
/// Why an install link cannot be followed.
[[nodiscard]] Notice notice_of_link(const Error& error);

}  // namespace wayleave::connect
