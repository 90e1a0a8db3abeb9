#include "sandbox/control.hpp"

#include <array>
#include <boost/json.hpp>

#include "sandbox/json_reader.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t kDelayMax = 600'000;          // ten minutes, in milliseconds
constexpr double kAdvanceMax = 10.0 * 365 * 86'400;  // ten years, in seconds
constexpr std::array kDropNames{"none", "before", "after", "half"};

Outcome<Fault::Drop> read_drop(JsonReader& reader) {
  const auto text = reader.text("drop");
  if (!text) return Fault::Drop::None;
  for (std::size_t i = 1; i < kDropNames.size(); ++i) {
    if (*text == kDropNames[i]) return static_cast<Fault::Drop>(i);
  }
  return invalid("\"drop\" must be before, after or half");
}

bool unsendable(const std::vector<Fault::Header>& headers) {
  for (const auto& [name, value] : headers) {
    if (name.empty() || has_control(name) || has_control(value) ||
        name.find_first_of(" :") != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// The body of an answer: text as it is, other JSON serialised.
std::optional<std::string> read_fault_body(JsonReader& reader) {
  const json::value* body = reader.any("body");
  if (body == nullptr) return std::nullopt;
  if (body->is_string()) return std::string(body->get_string().c_str(), body->get_string().size());
  return json::serialize(*body);
}

Outcome<Fault> read_fault(const json::object& object) {
  JsonReader reader(object);
  Fault fault;
  fault.path = reader.text("path").value_or("");
  fault.method = reader.text("method").value_or("");
  if (const auto status = reader.integer("status", 200, 599)) {
    fault.status = static_cast<int>(*status);
  }
  fault.headers = reader.pairs("headers").value_or(std::vector<Fault::Header>{});
  fault.body = read_fault_body(reader);
  fault.delay = Millis{reader.integer("delayMs", 0, kDelayMax).value_or(0)};
  fault.delay_after = Millis{reader.integer("delayAfterMs", 0, kDelayMax).value_or(0)};
  WL_TRY(fault.drop, read_drop(reader));
  fault.effect = reader.boolean("effect").value_or(false);
  fault.skip = static_cast<std::uint64_t>(reader.integer("skip", 0, 1'000'000).value_or(0));
  if (const auto times = reader.integer("times", 1, 1'000'000)) {
    fault.times = static_cast<std::uint64_t>(*times);
  }
  fault.chance = reader.number("chance", 0.0, 1.0).value_or(1.0);
  WL_CHECK(reader.finish());
  if (!fault.path.starts_with('/')) {
    return invalid("\"path\" must be given and start with '/'");
  }
  if (unsendable(fault.headers))
    return invalid("\"headers\" has a name or value that cannot be sent");
  return fault;
}

json::object to_json(const Fault& fault) {
  json::object out{{"path", fault.path}};
  if (!fault.method.empty()) out["method"] = fault.method;
  if (fault.status) out["status"] = *fault.status;
  if (fault.drop != Fault::Drop::None) {
    out["drop"] = kDropNames[static_cast<std::size_t>(fault.drop)];
  }
  if (fault.delay.count() > 0) out["delayMs"] = fault.delay.count();
  if (fault.times) out["times"] = *fault.times;
  return out;
}

json::object clock_json(const Call& call) {
  return {{"now", to_rfc3339(call.now)}, {"advancedMs", call.world.clock_offset.count()}};
}

}  // namespace

Outcome<net::Response> add_fault(Call& call) {
  WL_TRY(const json::object body, json_body(call));
  WL_TRY(Fault fault, read_fault(body));
  if (!call.world.faults.add(std::move(fault))) {
    return invalid("there are " + std::to_string(kFaultsMax) +
                   " faults already; DELETE them first");
  }
  return reply(201, {{"faults", call.world.faults.rules().size()}});
}

Outcome<net::Response> list_faults(Call& call) {
  json::array rules;
  for (const Fault& fault : call.world.faults.rules()) rules.push_back(to_json(fault));
  return reply(200, {{"faults", std::move(rules)}});
}

Outcome<net::Response> clear_faults(Call& call) {
  call.world.faults.clear();
  return no_content();
}

Outcome<net::Response> show_clock(Call& call) { return reply(200, clock_json(call)); }

Outcome<net::Response> advance_clock(Call& call) {
  WL_TRY(const json::object body, json_body(call));
  JsonReader reader(body);
  const auto seconds = reader.number("advance", 0, kAdvanceMax);
  WL_CHECK(reader.finish());
  if (!seconds) return invalid("\"advance\" must be given, in seconds");
  const Millis step{static_cast<Millis::rep>(*seconds * 1000)};
  call.world.clock_offset += step;
  call.now += step;
  return reply(200, clock_json(call));
}

Outcome<net::Response> show_stats(Call& call) {
  json::object requests;
  for (const auto& [route, count] : call.world.journal.counts()) requests[route] = count;
  return reply(200,
               {{"requests", std::move(requests)},
                {"refreshes", call.world.grants.refreshes()},
                {"refreshTokensReused", call.world.grants.reuses()},
                {"rateLimited", call.world.journal.rate_limited()}});
}

Outcome<net::Response> show_log(Call& call) {
  json::array requests;
  for (const LogEntry& entry : call.world.journal.entries()) {
    requests.push_back({{"time", to_rfc3339(entry.at)},
                        {"method", entry.method},
                        {"path", entry.path},
                        {"status", entry.status}});
  }
  return reply(200, {{"requests", std::move(requests)}});
}

Outcome<net::Response> reset(Call& call) {
  call.world.reset_requested = true;
  return no_content();
}

}  // namespace wayleave::sandbox
