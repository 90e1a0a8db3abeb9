#include "access/credentials.hpp"

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "crypto/api_key.hpp"

namespace wayleave::access {
namespace {

/// `Basic` with the longest id and a key is about 110 characters.
constexpr std::size_t kHeaderBytesMax = 512;

std::optional<Presented> bearer(std::string_view token) {
  if (!crypto::is_api_key(token)) return std::nullopt;
  Presented presented;
  presented.key = token;
  return presented;
}

std::optional<Presented> basic(std::string_view encoded) {
  auto decoded = from_base64(encoded);
  if (!decoded) return std::nullopt;
  Presented presented;
  // A key alone exceeds the small-string buffer, so moving keeps the bytes where the views point.
  presented.storage = std::move(*decoded);
  const std::string_view text = presented.storage;
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
  presented.key_id = text.substr(0, colon);
  presented.key = text.substr(colon + 1);
  if (!crypto::is_api_key(presented.key)) return std::nullopt;
  return presented;
}

}  // namespace

Presented::~Presented() { wipe(storage.data(), storage.size()); }

std::optional<Presented> presented_key(std::string_view authorization) {
  if (authorization.size() > kHeaderBytesMax) return std::nullopt;
  const auto space = authorization.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto scheme = authorization.substr(0, space);
  auto rest = authorization.substr(space);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (iequals(scheme, "Bearer")) return bearer(rest);
  if (iequals(scheme, "Basic")) return basic(rest);
  return std::nullopt;
}

}  // namespace wayleave::access
