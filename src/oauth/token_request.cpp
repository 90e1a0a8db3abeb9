#include "oauth/token_request.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "oauth/secret_writer.hpp"

namespace wayleave::oauth {
namespace {

constexpr std::string_view kBasic = "Basic ";
constexpr std::array<std::string_view, 11> kReserved = {
    "grant_type",
    "client_id",
    "client_secret",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "token",
    "token_type_hint",
    "username",
    "password",
};

/// A form or a JSON object of strings, growing one member at a time.
class BodyBuilder {
 public:
  explicit BodyBuilder(bool json) : json_(json) {}

  void add(std::string_view name, std::string_view value) {
    if (json_) {
      writer_.append(writer_.empty() ? '{' : ',');
      writer_.append_json(name);
      writer_.append(':');
      writer_.append_json(value);
    } else {
      if (!writer_.empty()) writer_.append('&');
      writer_.append_percent(name);
      writer_.append('=');
      writer_.append_percent(value);
    }
  }
  void add_secret(std::string_view name, std::string_view value) {
    add(name, value);
    tell(value);
  }
  void add_secret(std::string_view name, const SecretString& value) {
    value.expose([&](std::string_view text) { add_secret(name, text); });
  }
  void add_extra(const FormFields& extra) {
    for (const auto& [name, value] : extra) {
      if (!is_reserved_token_param(name)) add(name, value);
    }
  }
  SecretString finish() {
    if (json_) writer_.append(writer_.empty() ? "{}" : "}");
    return writer_.take();
  }
  /// Of a secret that the request holds beside the body.
  void tell(std::string_view secret) { told_.add(secret); }
  Confidential take_told() { return std::move(told_); }

 private:
  bool json_;
  SecretWriter writer_;
  Confidential told_;
};

/// RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined and encoded.
std::string basic_credentials(const ClientCredentials& client) {
  SecretWriter pair;
  pair.append_percent(client.client_id);
  pair.append(':');
  client.client_secret.expose([&](std::string_view secret) { pair.append_percent(secret); });
  std::string encoded = to_base64(pair.view());
  std::string header;
  header.reserve(kBasic.size() + encoded.size());
  header.append(kBasic).append(encoded);
  wipe(encoded.data(), encoded.size());
  return header;
}

BodyBuilder begin(const ClientCredentials& client) {
  return BodyBuilder(client.auth == ClientAuth::Json);
}

/// Adds the client's proof of identity and closes the request.
EndpointRequest finish(const ClientCredentials& client, BodyBuilder body) {
  EndpointRequest request;
  request.headers.emplace_back("Accept", "application/json");
  request.headers.emplace_back(
      "Content-Type",
      client.auth == ClientAuth::Json ? "application/json" : "application/x-www-form-urlencoded");
  switch (client.auth) {
    case ClientAuth::Basic:
      request.headers.emplace_back("Authorization", basic_credentials(client));
      body.tell(std::string_view(request.headers.back().second).substr(kBasic.size()));
      client.client_secret.expose([&](std::string_view secret) { body.tell(secret); });
      break;
    case ClientAuth::Post:
    case ClientAuth::Json:
      body.add("client_id", client.client_id);
      body.add_secret("client_secret", client.client_secret);
      break;
    case ClientAuth::None:
      body.add("client_id", client.client_id);
      break;
  }
  request.body = body.finish();
  request.told = body.take_told();
  return request;
}

EndpointRequest about_token(const ClientCredentials& client,
                            const SecretString& token,
                            std::string_view hint) {
  BodyBuilder body = begin(client);
  body.add_secret("token", token);
  if (!hint.empty()) body.add("token_type_hint", hint);
  return finish(client, std::move(body));
}

}  // namespace

bool is_reserved_token_param(std::string_view name) {
  return std::ranges::find(kReserved, name) != kReserved.end();
}

EndpointRequest exchange_request(const ClientCredentials& client,
                                 std::string_view code,
                                 std::string_view redirect_uri,
                                 const SecretString* verifier,
                                 const FormFields& extra) {
  BodyBuilder body = begin(client);
  body.add("grant_type", "authorization_code");
  body.add_secret("code", code);
  body.add("redirect_uri", redirect_uri);
  if (verifier != nullptr) body.add_secret("code_verifier", *verifier);
  body.add_extra(extra);
  return finish(client, std::move(body));
}

EndpointRequest refresh_request(const ClientCredentials& client,
                                const SecretString& refresh_token,
                                const FormFields& extra) {
  BodyBuilder body = begin(client);
  body.add("grant_type", "refresh_token");
  body.add_secret("refresh_token", refresh_token);
  body.add_extra(extra);
  return finish(client, std::move(body));
}

EndpointRequest revoke_request(const ClientCredentials& client,
                               const SecretString& token,
                               std::string_view hint) {
  return about_token(client, token, hint);
}

EndpointRequest introspect_request(const ClientCredentials& client,
                                   const SecretString& token,
                                   std::string_view hint) {
  return about_token(client, token, hint);
}

}  // namespace wayleave::oauth
