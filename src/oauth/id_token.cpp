#include "oauth/id_token.hpp"

#include <algorithm>
#include <optional>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "oauth/flat_json.hpp"

namespace wayleave::oauth {
namespace {

std::unexpected<Error> invalid(std::string why) {
  return fail(ErrorKind::Reject,
              "id_token_invalid",
              "the identity provider's answer does not hold",
              std::move(why));
}

/// The parts of `header.claims.signature` (RFC 7515 section 7.1).
struct Parts {
  FlatObject header;
  FlatObject claims;
  std::string_view signed_bytes;
  std::string signature;
};

std::optional<FlatObject> read_part(std::string_view encoded) {
  const auto text = from_base64url(encoded);
  return text ? FlatObject::parse(*text) : std::nullopt;
}

std::optional<Parts> take_apart(std::string_view token) {
  if (token.size() > kIdTokenBytesMax) return std::nullopt;
  const auto pieces = split(token, '.');
  if (pieces.size() != 3) return std::nullopt;
  auto header = read_part(pieces[0]);
  auto claims = read_part(pieces[1]);
  auto signature = from_base64url(pieces[2]);
  if (!header || !claims || !signature) return std::nullopt;
  return Parts{*std::move(header),
               *std::move(claims),
               token.substr(0, pieces[0].size() + 1 + pieces[1].size()),
               *std::move(signature)};
}

Result<> check_signature(const Parts& parts, const KeySet& keys) {
  const auto name = parts.header.string("alg");
  const auto algorithm = name ? crypto::parse_signature_algorithm(*name) : std::nullopt;
  if (!algorithm) return invalid("alg is none of RS256, PS256, ES256");
  if (parts.header.find("crit") != nullptr) return invalid("crit names what is not understood");
  const auto wanted = parts.header.string("kid");
  bool candidates = false;
  for (const KeySet::Entry& entry : keys.entries()) {
    if (wanted && entry.id != *wanted) continue;
    if (!entry.algorithm.empty() && entry.algorithm != *name) continue;
    candidates = true;
    if (entry.key.verify(*algorithm, parts.signed_bytes, parts.signature)) return {};
  }
  if (!candidates) {
    return fail(ErrorKind::Reject,
                "unknown_key",
                "the identity provider's answer does not hold",
                "the token names a key that is not there");
  }
  return invalid("the signature does not fit");
}

std::optional<std::int64_t> whole_number(const FlatObject& object, std::string_view name) {
  const Member* found = object.find(name);
  if (found == nullptr || found->kind != Member::Kind::Number) return std::nullopt;
  return found->text.expose([](std::string_view text) {
    return parse_number<std::int64_t>(text.substr(0, text.find('.')));
  });
}

bool is_true(const FlatObject& object, std::string_view name) {
  const Member* found = object.find(name);
  if (found == nullptr) return false;
  // Some providers write it as text.
  const bool fits = found->kind == Member::Kind::Boolean || found->kind == Member::Kind::String;
  return fits && found->text.expose([](std::string_view text) { return text == "true"; });
}

Result<> check_audience(const FlatObject& claims, const std::string& client) {
  const Member* audience = claims.find("aud");
  if (audience == nullptr) return invalid("aud is missing");
  const auto azp = claims.string("azp");
  if (azp && *azp != client) return invalid("azp is another client");
  if (audience->kind == Member::Kind::String) {
    if (claims.string("aud") != client) return invalid("aud is another client");
    return {};
  }
  if (std::ranges::find(audience->items, client) == audience->items.end()) {
    return invalid("aud does not name this client");
  }
  if (audience->items.size() > 1 && !azp) return invalid("several in aud and no azp");
  return {};
}

Result<> check_times(const FlatObject& claims, Instant now) {
  const auto expires = whole_number(claims, "exp");
  const auto issued = whole_number(claims, "iat");
  if (!expires || !issued) return invalid("exp or iat is missing");
  const std::int64_t seconds = to_millis(now) / 1000;
  const std::int64_t leeway = kIdTokenLeeway.count();
  if (seconds - leeway >= *expires) return invalid("it has expired");
  if (*issued - leeway > seconds) return invalid("it was issued in the future");
  const auto from = whole_number(claims, "nbf");
  if (from && *from - leeway > seconds) return invalid("it is not valid yet");
  return {};
}

IdClaims read_claims(const FlatObject& claims, std::string subject) {
  IdClaims out;
  out.subject = std::move(subject);
  out.email = claims.string("email").value_or("");
  out.email_verified = is_true(claims, "email_verified");
  out.name = claims.string("name").value_or("");
  return out;
}

bool lists(const Member* list, std::string_view item) {
  return list != nullptr && std::ranges::find(list->items, item) != list->items.end();
}

}  // namespace

Result<IdClaims> verify_id_token(std::string_view token,
                                 const KeySet& keys,
                                 const IdTokenRules& rules) {
  const auto parts = take_apart(token);
  if (!parts) return invalid("it is no signed token");
  WL_CHECK(check_signature(*parts, keys));
  const FlatObject& claims = parts->claims;
  if (claims.string("iss") != rules.issuer) return invalid("iss is another provider");
  WL_CHECK(check_audience(claims, rules.client_id));
  WL_CHECK(check_times(claims, rules.now));
  if (rules.nonce.empty() || claims.string("nonce") != rules.nonce) {
    return invalid("nonce is not the one that was sent");
  }
  auto subject = claims.string("sub");
  if (!subject || subject->empty() || subject->size() > 255) return invalid("sub is missing");
  return read_claims(claims, *std::move(subject));
}

Result<IdClaims> read_userinfo(std::string_view json, std::string_view subject) {
  const auto object = FlatObject::parse(json);
  if (!object || object->string("sub") != subject) {
    return invalid("UserInfo is no object about the same sub");
  }
  return read_claims(*object, std::string(subject));
}

Result<ProviderMetadata> read_metadata(std::string_view json, std::string_view issuer) {
  const auto object = FlatObject::parse(json);
  if (!object || object->string("issuer") != issuer) {
    return invalid("the metadata is not of the issuer that was asked");
  }
  ProviderMetadata out;
  out.issuer = issuer;
  out.authorization_endpoint = object->string("authorization_endpoint").value_or("");
  out.token_endpoint = object->string("token_endpoint").value_or("");
  out.userinfo_endpoint = object->string("userinfo_endpoint").value_or("");
  out.jwks_uri = object->string("jwks_uri").value_or("");
  if (out.authorization_endpoint.empty() || out.token_endpoint.empty() || out.jwks_uri.empty()) {
    return invalid("the metadata lacks an endpoint");
  }
  const Member* ways = object->find("token_endpoint_auth_methods_supported");
  // Basic is what holds when nothing is said.
  out.secret_in_form =
      ways != nullptr && !lists(ways, "client_secret_basic") && lists(ways, "client_secret_post");
  out.sends_issuer = is_true(*object, "authorization_response_iss_parameter_supported");
  return out;
}

}  // namespace wayleave::oauth
