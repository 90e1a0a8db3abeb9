#include "sandbox/rate_limits.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr Millis kSecond{1'000};
constexpr Millis kTenSeconds{10'000};
constexpr int kOpenSubmissions = 50;  // per ten seconds, without credentials

net::Response too_many(Call& call, std::string_view policy, std::string_view message) {
  return reply(429,
               {{"status", "error"},
                {"message", json::string_view(message)},
                {"errorType", "RATE_LIMIT"},
                {"category", "RATE_LIMITS"},
                {"correlationId", call.correlation_id},
                {"policyName", json::string_view(policy)},
                {"requestId", random_uuid(call.random)}});
}

net::Response over_second(Call& call) {
  return too_many(call, "SECONDLY", "You have reached your secondly limit.");
}

}  // namespace

std::optional<net::Response> limit_call(Call& call, std::optional<WindowState>& state) {
  const Options& settings = call.world.settings;
  Limiter& limiter = call.world.limiter;
  const std::string portal = std::to_string(call.account->portal_id);
  const int max = settings.rate_limit_requests;
  const Limiter::Verdict verdict = limiter.admit(
      "call " + call.grant->client_id + " " + portal, max, settings.rate_limit_window, call.now);
  if (max > 0) state = WindowState{max, verdict.remaining, settings.rate_limit_window};
  if (!verdict.admitted) {
    return too_many(
        call, "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.");
  }
  if (!limiter.admit_daily(portal, settings.daily_limit, call.account->utc_offset, call.now)
           .admitted) {
    return too_many(call, "DAILY", "You have reached your daily limit.");
  }
  return std::nullopt;
}

std::optional<net::Response> limit_search(Call& call) {
  const Options& settings = call.world.settings;
  const std::string portal = std::to_string(call.account->portal_id);
  Limiter& limiter = call.world.limiter;
  if (!limiter.admit("search " + portal, settings.search_limit, kSecond, call.now).admitted) {
    return over_second(call);
  }
  if (!limiter.admit_daily(portal, settings.daily_limit, call.account->utc_offset, call.now)
           .admitted) {
    return too_many(call, "DAILY", "You have reached your daily limit.");
  }
  return std::nullopt;
}

std::optional<net::Response> limit_token_calls(Call& call, std::string_view client_id) {
  const std::string key = "token " + std::string(client_id);
  const int limit = call.world.settings.token_limit;
  if (call.world.limiter.admit(key, limit, kSecond, call.now).admitted) return std::nullopt;
  return over_second(call);
}

std::optional<net::Response> limit_submissions(Call& call) {
  const std::string key = "submit " + std::to_string(call.account->portal_id);
  if (call.world.limiter.admit(key, kOpenSubmissions, kTenSeconds, call.now).admitted) {
    return std::nullopt;
  }
  return too_many(
      call, "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.");
}

void add_rate_headers(net::Response& response, const WindowState& state) {
  const auto seconds = std::max<Millis::rep>(
      1, std::chrono::duration_cast<std::chrono::seconds>(state.window).count());
  const int secondly = std::max(1, state.max / static_cast<int>(seconds));
  auto& fields = response.fields;
  fields.add("X-HubSpot-RateLimit-Max", std::to_string(state.max));
  fields.add("X-HubSpot-RateLimit-Remaining", std::to_string(state.remaining));
  fields.add("X-HubSpot-RateLimit-Interval-Milliseconds", std::to_string(state.window.count()));
  fields.add("X-HubSpot-RateLimit-Secondly", std::to_string(secondly));
  fields.add("X-HubSpot-RateLimit-Secondly-Remaining",
             std::to_string(std::min(secondly, state.remaining)));
}

}  // namespace wayleave::sandbox
