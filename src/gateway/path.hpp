#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wayleave::gateway {

/// A path of the hot surface, taken apart (contract sections 3 and 4). Views into the request.
struct Path {
  enum class Form {
    Transparent,  ///< `/proxy/{app}/{path…}` and `/proxy/{app}/@{user}/{path…}`
    Envelope,     ///< `POST /api/raw/{app}` and `POST /api/{provider}/proxy/{app}`
  };
  Form form = Form::Transparent;
  std::string_view app;           ///< as sent, in any case
  std::string_view provider;      ///< only in `/api/{provider}/proxy/{app}`
  std::string_view encoded_user;  ///< after '@', still percent-encoded
  bool has_user = false;
  std::string_view rest;  ///< what goes to the provider: starts with '/', bytes untouched
};

/// nullopt when the path belongs to the slow routes.
[[nodiscard]] std::optional<Path> parse_path(std::string_view path);

}  // namespace wayleave::gateway
