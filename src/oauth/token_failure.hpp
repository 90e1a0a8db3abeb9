#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "oauth/confidential.hpp"
#include "oauth/flat_json.hpp"
#include "oauth/token_response.hpp"

namespace wayleave::oauth {

inline constexpr std::size_t kCodeBytesMax = 64;
inline constexpr std::size_t kDetailBytesMax = 200;
/// A provider that asks for a longer pause is asked again after this (HubSpot's data centre moves
/// announce up to a day).
inline constexpr std::chrono::seconds kRetryAfterMax{7 * 86'400};

/// A provider's text made fit for a log line: no control characters, nothing that looks like a
/// token (long runs with digits), at most kDetailBytesMax. What is known to be secret is blotted
/// out before (`Confidential`): a secret may look like a word.
[[nodiscard]] std::string scrub(std::string_view text);

/// A provider's error code fit for logs, pages and metrics: at most kCodeBytesMax letters, digits,
/// '_', '-' and '.'; anything else becomes '_'.
[[nodiscard]] std::string safe_code(std::string_view text);

/// Delay in seconds (RFC 9110 section 10.2.3), at most kRetryAfterMax; nullopt for anything else.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view text);

/// True when the object says that the request failed, whatever its HTTP status: `ok` is false or
/// there is an `error` (OA-19).
[[nodiscard]] bool reports_error(const FlatObject& object);

/// What went wrong when there is no answer to learn from (`why` is a constant of ours).
[[nodiscard]] TokenFailure transient_failure(std::string_view why);

/// What a failed answer means (TK-09). `object` is null when the body was not a JSON object. What
/// `told` names stands in no text of the failure.
[[nodiscard]] TokenFailure classify_failure(int status,
                                            const FlatObject* object,
                                            const ErrorWords& words,
                                            const Confidential& told = {});

}  // namespace wayleave::oauth
