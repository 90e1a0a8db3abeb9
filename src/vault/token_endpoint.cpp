#include "vault/token_endpoint.hpp"

#include "oauth/token_request.hpp"

namespace wayleave::vault {
namespace {

constexpr Millis kRevokeTimeout{15'000};
constexpr std::size_t kAnswerBytesMax = 1 << 20;  // OA-18

oauth::ClientCredentials credentials_of(const Client& client) {
  return {client.client_id, client.secret, client.provider->auth.client_auth};
}

net::Outgoing post(const std::string& url, const oauth::EndpointRequest& request, Millis timeout) {
  net::Outgoing outgoing;
  outgoing.method = "POST";
  outgoing.url = url;
  for (const auto& [name, value] : request.headers) outgoing.fields.add(name, value);
  outgoing.body = request.body.expose([](std::string_view text) { return std::string(text); });
  outgoing.timeout = timeout;
  outgoing.answer_bytes_max = kAnswerBytesMax;
  return outgoing;
}

/// No answer, or none that could be read, proves nothing about the grant (TK-09).
oauth::TokenFailure unreachable(const Error& error) {
  oauth::TokenFailure failure;
  failure.failure = oauth::FailureClass::Transient;
  failure.code = error.kind == ErrorKind::Reject ? "destination_not_allowed" : "unreachable";
  failure.detail = error.operator_detail.empty() ? error.detail : error.operator_detail;
  return failure;
}

/// A failure that may lie between us and a provider which did act: an answer that says success and
/// cannot be read, or the word of a go-between. 503 and 429 are refusals.
bool is_odd(int status) {
  return status / 100 == 2 || status == 500 || status == 502 || status == 504;
}

Task<TokenAnswer> call(net::Client& net,
                       const Clock& clock,
                       std::shared_ptr<const provider::Provider> provider,
                       oauth::EndpointRequest request,
                       std::function<bool()> still_wanted = {}) {
  auto outgoing = post(provider->auth.token, request, kTokenTimeout);
  outgoing.still_wanted = std::move(still_wanted);
  const Instant sent_at = clock.now();
  const auto answer = co_await net.call(std::move(outgoing));
  if (!answer) {
    const auto& failed = answer.error();
    TokenAnswer nothing{std::unexpected(unreachable(failed.error)), sent_at};
    nothing.lost = failed.reached == net::Reached::Maybe;
    co_return nothing;
  }
  const auto type = answer->fields.get("Content-Type").value_or("");
  const auto retry_after = answer->fields.get("Retry-After").value_or("");
  auto outcome = oauth::read_token_response(
      answer->status, type, retry_after, answer->body, provider->errors, request.told);
  TokenAnswer whole{std::move(outcome), sent_at};
  whole.odd = is_odd(answer->status);
  co_return whole;
}

}  // namespace

Task<TokenAnswer> request_exchange(net::Client& net,
                                   const Clock& clock,
                                   Client client,
                                   std::string code,
                                   std::string redirect_uri,
                                   std::optional<SecretString> verifier) {
  auto request = oauth::exchange_request(credentials_of(client),
                                         code,
                                         redirect_uri,
                                         verifier ? &*verifier : nullptr,
                                         client.provider->auth.token_params);
  co_return co_await call(net, clock, client.provider, std::move(request));
}

Task<TokenAnswer> request_refresh(net::Client& net,
                                  const Clock& clock,
                                  const Client& client,
                                  const SecretString& refresh_token,
                                  std::function<bool()> still_wanted) {
  auto request = oauth::refresh_request(
      credentials_of(client), refresh_token, client.provider->auth.token_params);
  co_return co_await call(net, clock, client.provider, std::move(request), std::move(still_wanted));
}

Task<bool> request_revocation(net::Client& net,
                              const Client& client,
                              const SecretString& token,
                              std::string hint) {
  const auto request = oauth::revoke_request(credentials_of(client), token, hint);
  auto outgoing = post(client.provider->auth.revoke, request, kRevokeTimeout);
  const auto answer = co_await net.call(std::move(outgoing));
  co_return answer && answer->status >= 200 && answer->status < 300;
}

}  // namespace wayleave::vault
