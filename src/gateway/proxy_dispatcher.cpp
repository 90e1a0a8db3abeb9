#include "gateway/proxy_dispatcher.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <typeinfo>
#include <utility>

#include "access/credentials.hpp"
#include "access/foreign_address.hpp"
#include "crypto/api_key.hpp"
#include "gateway/heads.hpp"
#include "gateway/request_note.hpp"
#include "gateway/upstream_error.hpp"

namespace wayleave::gateway {
namespace {

constexpr std::size_t kSpareCallsMax = 1024;

std::uint64_t seed(Random& random) {
  std::uint64_t value = 0;
  random.fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
  return value;
}

Task<> renew_quietly(vault::Vault* vault, AppId app, std::string user, std::int64_t version) {
  // The outcome is the vault's to log and to store; nobody waits for it here.
  [[maybe_unused]] const auto outcome =
      co_await vault->renew(std::move(app), std::move(user), version);
}

ProxyCall& call_of(net::Exchange& exchange) { return static_cast<ProxyCall&>(*exchange.call); }

/// Slow routes keep a call of their own kind (or none) in the exchange.
bool is_proxied(const net::Exchange& exchange) {
  const net::Call* call = exchange.call.get();
  return call != nullptr && typeid(*call) == typeid(ProxyCall);
}

Result<> choose_destination(const net::http1::RequestHead& head, ProxyCall& call) {
  const auto& hosts = call.app->hosts;
  if (call.is_envelope()) return choose_destination(hosts, call.envelope.url, call.destination);
  const auto query = head.target.substr(head.path.size());
  return choose_destination(hosts, call.base, call.path.rest, query, call.destination);
}

net::WordError word_with(const Parts& parts) {
  return [word = parts.word_problem](const net::Refusal& refusal) {
    const ErrorKind kind = refusal.status >= 500 ? ErrorKind::Internal : ErrorKind::Reject;
    const Error error{kind, std::string(refusal.code), std::string(refusal.detail)};
    return word(error, refusal.request_id, {}, refusal.status);
  };
}

}  // namespace

ProxyDispatcher::ProxyDispatcher(const Parts& parts,
                                 net::WorkerPort& port,
                                 Counters& counters,
                                 RequestInlet* inlet,
                                 Random& random)
    : parts_(parts),
      port_(port),
      counters_(counters),
      inlet_(inlet),
      snapshot_(parts.snapshot, random),
      jitter_(seed(random)),
      slow_(parts.routes, word_with(parts)) {}

net::Step ProxyDispatcher::begin(net::Exchange& exchange) {
  const auto path = parse_path(exchange.head().path);
  if (!path) return slow_.begin(exchange);
  counters_.begun.add();
  ProxyCall& call = new_call(exchange);
  call.path = *path;
  if (call.is_envelope() && exchange.head().method != "POST") {
    net::Response refused = refuse(exchange, 405, "method_not_allowed", "use POST");
    refused.fields.set("Allow", "POST");
    return net::Answer{std::move(refused)};
  }
  read_head(exchange.head(), call);
  if (call.authorization.empty()) return answer(exchange, unauthenticated());
  call.presented = snapshot_.presented(call.authorization);
  return advance(exchange, call);
}

ProxyCall& ProxyDispatcher::new_call(net::Exchange& exchange) {
  if (spare_.empty()) spare_.push_back(std::make_unique<ProxyCall>());
  std::unique_ptr<ProxyCall> call = std::move(spare_.back());
  spare_.pop_back();
  ProxyCall& made = *call;
  exchange.call = std::move(call);
  return made;
}

Instant ProxyDispatcher::now() {
  if (port_.now() != turn_) {
    turn_ = port_.now();
    wall_ = parts_.services.clock.now();
  }
  return wall_;
}

net::Step ProxyDispatcher::advance(net::Exchange& exchange, ProxyCall& call) {
  if (!call.key) {
    const auto* held = snapshot_.key(call.presented, now());
    if (held == nullptr) return look_up(exchange, call);
    call.key = *held;
  }
  if (!call.key->allowed.empty() && !call.key->allowed.allows(exchange.peer())) {
    return refuse_address(exchange, call);
  }
  call.key->use->note(now());
  if (!call.key->scopes.has(access::Scope::Proxy)) {
    return answer(exchange, lacks_proxy_scope());
  }
  if (call.wrong) return answer(exchange, *call.wrong);
  // The key is checked before the body is read: strangers cannot make us hold bytes.
  if (call.is_envelope() && !call.body_read) return net::CollectBody{kEnvelopeBytesMax};
  if (!call.app) {
    const auto* held = snapshot_.app(call.key->workspace, call.path.app);
    if (held == nullptr) return look_up(exchange, call);
    call.app = *held;
  }
  if (!call.path.provider.empty() && !call.app->provider->answers_to(call.path.provider)) {
    return answer(exchange, vault::app_not_found());
  }
  // Where it goes is judged before any token is looked at (PX-01).
  if (call.destination.host == nullptr) {
    const auto chosen = choose_destination(exchange.head(), call);
    if (!chosen) return answer(exchange, chosen.error());
  }
  if (!call.credential) {
    const auto* held = snapshot_.credential(call.app->id, call.user, now());
    if (held == nullptr) return look_up(exchange, call);
    call.credential = *held;
  }
  return send(exchange, call);
}

net::Step ProxyDispatcher::refuse_address(const net::Exchange& exchange, const ProxyCall& call) {
  std::string peer(exchange.peer());
  if (parts_.services.key_watch.is_news(call.key->id, peer, now())) {
    boost::asio::co_spawn(parts_.slow.context(),
                          note_foreign_address(&parts_.services, call.key, peer),
                          boost::asio::detached);
  }
  return answer(exchange, access::foreign_address(peer));
}

net::Step ProxyDispatcher::look_up(const net::Exchange& exchange, const ProxyCall& call) {
  counters_.misses.add();
  ResolveJob::Wanted wanted;
  wanted.key = call.key;
  if (!call.key) {
    const auto presented = access::presented_key(call.authorization);
    if (!presented) return answer(exchange, unauthenticated());
    const auto digest = crypto::api_key_digest(presented->key);
    wanted.digest.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
    wanted.key_id = presented->key_id;
  }
  // A stranger learns nothing but that; an envelope names its user in a body that is read only for
  // a known key.
  if (!call.wrong && (!call.is_envelope() || call.body_read)) {
    auto slug = vault::parse_slug(call.path.app);
    if (!slug && call.key) return answer(exchange, vault::app_not_found());
    if (slug) wanted.app = *std::move(slug);
    wanted.app_entry = call.app;
    wanted.provider = call.path.provider;
    if (call.destination.host != nullptr) wanted.user = call.user;
  }
  wanted.peer = exchange.peer();
  wanted.heard = snapshot_.heard();
  return net::Park{std::make_unique<ResolveJob>(parts_.services, std::move(wanted))};
}

net::Step ProxyDispatcher::body_complete(net::Exchange& exchange) {
  if (!is_proxied(exchange)) return slow_.body_complete(exchange);
  ProxyCall& call = call_of(exchange);
  const auto content_type = exchange.head().get("content-type").value_or("");
  if (auto read = read_envelope(content_type, exchange.body(), call.envelope); !read) {
    return answer(exchange, read.error());
  }
  if (auto good = vault::check_user(call.envelope.user); !good) {
    return answer(exchange, good.error());
  }
  call.user = call.envelope.user;
  call.body_read = true;
  return advance(exchange, call);
}

void ProxyDispatcher::keep(ResolveJob& job, ProxyCall& call) {
  if (job.wanted.key && !call.key) {
    call.key = job.wanted.key;
    snapshot_.put_key(call.presented, job.wanted.digest, call.key, job.wanted.heard);
  }
  if (job.found_app) {
    for (AllowedHost& host : job.found_app->hosts) {
      host.pool = &port_.pool(job.found_app->workspace.str(), host.origin);
    }
    call.app = std::move(job.found_app);
    snapshot_.put_app(call.path.app, call.app, job.wanted.heard);
  }
  if (job.credential) {
    call.credential = job.credential;
    snapshot_.put_credential(call.app->id, call.user, call.credential, job.wanted.heard);
  }
}

net::Step ProxyDispatcher::resume(net::Exchange& exchange, std::unique_ptr<net::Job> job) {
  if (!is_proxied(exchange)) return slow_.resume(exchange, std::move(job));
  ProxyCall& call = call_of(exchange);
  if (auto* resolved = dynamic_cast<ResolveJob*>(job.get())) {
    keep(*resolved, call);
    if (const auto& refused = resolved->refused) {
      return answer(exchange, refused->error, refused->install_url);
    }
    return advance(exchange, call);
  }
  if (auto* renewed = dynamic_cast<RenewJob*>(job.get())) {
    if (renewed->credential) {
      call.credential = renewed->credential;
      snapshot_.put_credential(call.app->id, call.user, call.credential, renewed->heard);
    } else if (renewed->refused->error.code != "refresh_cooling_down") {
      snapshot_.forget_credential(call.app->id, call.user);
      return answer(exchange, renewed->refused->error, renewed->refused->install_url);
    }
    // A token that was renewed a moment ago and is refused again: the provider means it, so the
    // call is sent once more and its own 401 passed on (TK-17).
  }
  return send(exchange, call);
}

net::Step ProxyDispatcher::send(net::Exchange& exchange, ProxyCall& call) {
  if (!write_request_head(exchange.out(), exchange.head(), call)) {
    parts_.log.error("proxy.head_unwritable", {{"connection", call.credential->connection.str()}});
    return answer(exchange, {ErrorKind::Internal, "internal", "internal error"});
  }
  ++call.tries;
  net::Forward forward;
  forward.pool = call.destination.host->pool;
  forward.keep_for_replay = true;
  forward.answer_time = call.policy.timeout;
  if (call.is_envelope()) {
    forward.method = call.envelope.method;
    // A method that usually has a body says that it has none.
    forward.body_absent =
        !call.envelope.body && (forward.method == "GET" || forward.method == "HEAD" ||
                                forward.method == "DELETE" || forward.method == "OPTIONS");
    forward.body = call.envelope.body.value_or("");
  }
  return forward;
}

std::optional<Millis> ProxyDispatcher::next_try(const net::Exchange& exchange,
                                                const ProxyCall& call,
                                                const TryOutcome& outcome) {
  if (call.tries > call.policy.retries || !exchange.can_replay()) return std::nullopt;
  const auto elapsed = std::chrono::duration_cast<Millis>(port_.now() - exchange.started());
  const double jitter = static_cast<double>(jitter_.below(1000)) / 1000.0;
  const std::string_view method = call.is_envelope() ? call.envelope.method : call.method;
  return next_try_in(call.policy, method, call.tries, outcome, elapsed, jitter);
}

net::UpstreamStep ProxyDispatcher::upstream_head(net::Exchange& exchange,
                                                 const net::http1::ResponseHead& head) {
  ProxyCall& call = call_of(exchange);
  if (head.status == 401 && !call.renewed) {
    call.renewed = true;
    if (exchange.can_replay()) {
      counters_.renewals.add();
      return net::Discard{std::make_unique<RenewJob>(parts_.services,
                                                     call.key,
                                                     call.app,
                                                     call.user,
                                                     call.credential->version,
                                                     snapshot_.heard())};
    }
    renew_in_background(call);
  }
  const TryOutcome outcome{head.status, false, head.get("retry-after").value_or("")};
  if (const auto wait = next_try(exchange, call, outcome)) {
    counters_.retries.add();
    return net::Discard{std::make_unique<DelayJob>(*wait)};
  }
  if (!call.is_envelope()) {
    write_answer_head(exchange.out(), head);
    return net::Relay{};
  }
  write_envelope_answer_head(exchange.out(), head, call.app->provider->limits);
  call.answer_is_json = is_json_type(head.get("content-type").value_or(""));
  return net::CollectUpstream{kEnvelopeAnswerBytesMax};
}

net::Wrapping ProxyDispatcher::upstream_body(net::Exchange& exchange, std::string& body) {
  return wrap_answer(call_of(exchange).answer_is_json, body);
}

net::Step ProxyDispatcher::upstream_failed(net::Exchange& exchange,
                                           const net::UpstreamFailure& failure) {
  ProxyCall& call = call_of(exchange);
  const TryOutcome outcome{0, exchange.untouched(), {}};
  const bool transient = failure.fault == net::UpstreamFault::Unreachable ||
                         failure.fault == net::UpstreamFault::Reset;
  if (transient) {
    if (const auto wait = next_try(exchange, call, outcome)) {
      counters_.retries.add();
      return net::Park{std::make_unique<DelayJob>(*wait)};
    }
  }
  parts_.log.warn("proxy.upstream_failed",
                  {{"app", call.app->slug},
                   {"connection", call.credential->connection.str()},
                   {"request", exchange.request_id()},
                   {"detail", failure.detail}});
  return answer(exchange, to_error(failure));
}

void ProxyDispatcher::renew_in_background(const ProxyCall& call) {
  snapshot_.forget_credential(call.app->id, call.user);
  boost::asio::co_spawn(
      parts_.slow.context(),
      renew_quietly(&parts_.services.vault, call.app->id, call.user, call.credential->version),
      boost::asio::detached);
}

net::Step ProxyDispatcher::answer(const net::Exchange& exchange,
                                  const Error& error,
                                  std::string_view url) {
  counters_.gateway_errors.add();
  if (exchange.call) static_cast<ProxyCall&>(*exchange.call).error_code = error.code;
  if (error.kind == ErrorKind::Internal) {
    parts_.log.error("proxy.failed",
                     {{"request", exchange.request_id()}, {"error", error.operator_detail}});
  }
  return net::Answer{parts_.word_problem(error, exchange.request_id(), url, 0)};
}

void ProxyDispatcher::finished(net::Exchange& exchange, const net::Outcome& outcome) {
  if (!is_proxied(exchange)) {
    counters_.count_api(outcome);
    return;
  }
  const ProxyCall& call = call_of(exchange);
  counters_.count(outcome, call.tries > 0);
  if (inlet_ != nullptr) note_request(*inlet_, exchange, call, outcome);
  if (spare_.size() >= kSpareCallsMax) return;
  spare_.emplace_back(static_cast<ProxyCall*>(exchange.call.release()));
  spare_.back()->clear();
}

net::Response ProxyDispatcher::refuse(const net::Exchange& exchange,
                                      int status,
                                      std::string_view code,
                                      std::string_view detail) {
  if (is_proxied(exchange)) static_cast<ProxyCall&>(*exchange.call).error_code = code;
  return slow_.refuse(exchange, status, code, detail);
}

}  // namespace wayleave::gateway
