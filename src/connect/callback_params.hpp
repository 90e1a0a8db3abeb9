#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"

namespace wayleave::connect {

/// What an authorization response says (RFC 6749 sections 4.1.2 and 4.1.2.1). Either `code` or
/// `error` is set, never both.
struct CallbackParams {
  std::string state;
  std::string code;
  std::string error;               ///< safe characters only, at most 64
  std::string description;         ///< well-formed UTF-8 without controls, at most 300 bytes
  std::optional<std::string> iss;  ///< RFC 9207
};

/// Reads the query. A parameter given twice, a control byte, an oversize value, too many
/// parameters, neither or both of `code` and `error`, or no well-formed `state` is refused (OA-13).
/// `error_description` is the provider's prose and is mended instead.
[[nodiscard]] Result<CallbackParams> read_callback(const FormFields& query);

/// The query fields the provider declares as worth keeping.
[[nodiscard]] std::map<std::string, std::string> callback_metadata(
    const FormFields& query, const std::vector<std::string>& wanted);

}  // namespace wayleave::connect
