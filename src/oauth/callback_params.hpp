#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace wayleave::oauth {

inline constexpr std::size_t kCallbackFieldsMax = 32;
inline constexpr std::size_t kCodeLengthMax = 4096;
inline constexpr std::size_t kStateLengthMax = 512;
inline constexpr std::size_t kCallbackValueMax = 4096;
inline constexpr std::size_t kDescriptionLengthMax = 500;

/// What the provider sent back with the browser (RFC 6749 section 4.1.2). Either `code` or `error`
/// is set, never both; `state` always is. Nothing here is trusted: it came through a browser.
struct CallbackParams {
  std::string state;
  std::string code;
  std::string error;              ///< at most 64 harmless characters
  std::string error_description;  ///< UTF-8 on one line; still to be escaped where it is shown
  std::optional<std::string> iss;
  std::map<std::string, std::string>
      extra;  ///< the other parameters, for a provider's callback_fields
};

/// Refuses duplicate, oversize and malformed parameters, each error naming the parameter (OA-13).
[[nodiscard]] Result<CallbackParams> parse_callback(const FormFields& query);

/// Mix-up defence (RFC 9207 section 2.4, OA-07): `iss` must equal the expected issuer byte for byte
/// when it comes, and must come when the provider is known to send it. An issuer that is not known
/// (empty) cannot be compared.
[[nodiscard]] Result<> check_issuer(std::string_view expected,
                                    bool sends_iss,
                                    const std::optional<std::string>& iss);

}  // namespace wayleave::oauth
