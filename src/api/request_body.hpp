#pragma once

#include <string>
#include <string_view>

#include "api/json_reader.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "net/message.hpp"

namespace wayleave::api {

/// The media type of the body in lower case, without parameters; empty when there is none.
[[nodiscard]] std::string media_type(const net::Request& request);

/// The body as a JSON object. A form or another media type is refused with what to send; an empty
/// body counts as `{}`.
[[nodiscard]] Result<JsonReader> read_json(const net::Request& request);

/// A field that callers may send in the query, a form or a JSON body, in exactly one of them.
[[nodiscard]] Result<std::string> read_anywhere(const net::Request& request, std::string_view name);

/// The one value of that name in a form; an error when missing or twice.
[[nodiscard]] Result<std::string> form_text(const FormFields& form, std::string_view name);

}  // namespace wayleave::api
