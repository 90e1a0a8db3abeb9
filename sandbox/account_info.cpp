#include "sandbox/account_info.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdio>

#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

// What private apps may call per day, by tier.
constexpr std::array kDailyCalls{250'000, 250'000, 625'000, 1'000'000};

/// `+02:00`
std::string offset_text(std::chrono::minutes offset) {
  const auto total = static_cast<int>(offset.count());
  const int size = total < 0 ? -total : total;
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%c%02d:%02d", total < 0 ? '-' : '+', size / 60, size % 60);
  return buffer;
}

Instant next_midnight(std::chrono::minutes offset, Instant now) {
  const auto day = std::chrono::floor<std::chrono::days>(now + offset) + std::chrono::days{1};
  return Instant{day} - offset;
}

}  // namespace

Outcome<net::Response> account_details(Call& call) {
  WL_CHECK(call.require_any({"oauth"}));
  const Account& account = *call.account;
  json::object out{{"portalId", account.portal_id},
                   {"accountType", account.type},
                   {"timeZone", account.time_zone},
                   {"companyCurrency", account.currency},
                   {"additionalCurrencies", json::array()},
                   {"utcOffset", offset_text(account.utc_offset)},
                   {"utcOffsetMilliseconds", Millis{account.utc_offset}.count()},
                   {"uiDomain", account.ui_domain()},
                   {"dataHostingLocation", account.region}};
  if (call.dated()) out["portalName"] = account.name;
  return reply(200, out);
}

Outcome<net::Response> daily_usage(Call& call) {
  WL_CHECK(call.require_any({"oauth"}));
  const Account& account = *call.account;
  const int knob = call.world.settings.daily_limit;
  const int limit = knob > 0 ? knob : kDailyCalls[static_cast<std::size_t>(account.tier)];
  const int used = call.world.limiter.used_today(
      std::to_string(account.portal_id), account.utc_offset, call.now);
  json::array results;
  results.push_back({{"name", "private-apps-api-calls-daily"},
                     {"usageLimit", limit},
                     {"currentUsage", used},
                     {"collectedAt", to_rfc3339(call.now)},
                     {"fetchStatus", "SUCCESS"},
                     {"resetsAt", to_rfc3339(next_midnight(account.utc_offset, call.now))}});
  return reply(200, {{"results", std::move(results)}});
}

}  // namespace wayleave::sandbox
