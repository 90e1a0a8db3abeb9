#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/bytes.hpp"
#include "oauth/id_token.hpp"

namespace wayleave::oauth {
namespace {

std::string text_of(const boost::json::object& object, const char* name) {
  const auto* found = object.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string().c_str())
                                                : std::string();
}

std::optional<std::string> bytes_of(const boost::json::object& object, const char* name) {
  return from_base64url(text_of(object, name));
}

std::optional<crypto::PublicKey> read_key(const boost::json::object& object) {
  const std::string kind = text_of(object, "kty");
  std::optional<Result<crypto::PublicKey>> key;
  if (kind == "RSA") {
    const auto n = bytes_of(object, "n");
    const auto e = bytes_of(object, "e");
    if (n && e) key = crypto::PublicKey::rsa(*n, *e);
  } else if (kind == "EC" && text_of(object, "crv") == "P-256") {
    const auto x = bytes_of(object, "x");
    const auto y = bytes_of(object, "y");
    if (x && y) key = crypto::PublicKey::p256(*x, *y);
  }
  if (!key || !*key) return std::nullopt;
  return **std::move(key);
}

}  // namespace

Result<KeySet> KeySet::parse(std::string_view json) {
  boost::json::error_code ec;
  const auto value = boost::json::parse({json.data(), json.size()}, ec);
  const auto* object = ec ? nullptr : value.if_object();
  const auto* keys = object != nullptr ? object->if_contains("keys") : nullptr;
  if (keys == nullptr || !keys->is_array() || keys->get_array().size() > kKeysMax) {
    return fail(ErrorKind::Reject,
                "id_token_invalid",
                "the identity provider's answer does not hold",
                "the keys are no key set");
  }
  std::vector<Entry> entries;
  for (const auto& each : keys->get_array()) {
    const auto* described = each.if_object();
    if (described == nullptr) continue;
    const std::string use = text_of(*described, "use");
    if (!use.empty() && use != "sig") continue;
    if (auto key = read_key(*described)) {
      entries.push_back({text_of(*described, "kid"), text_of(*described, "alg"), *std::move(key)});
    }
  }
  return KeySet(std::move(entries));
}

}  // namespace wayleave::oauth
