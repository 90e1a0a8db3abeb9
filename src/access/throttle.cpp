#include "access/throttle.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace wayleave::access {
namespace {

/// The part of an address that one subscriber has.
std::string source_of(std::string_view address) {
  boost::system::error_code ec;
  const auto parsed = boost::asio::ip::make_address(std::string(address), ec);
  if (ec || !parsed.is_v6() || parsed.to_v6().is_v4_mapped()) return std::string(address);
  auto bytes = parsed.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

std::string account_key(std::string_view account, const std::string& source) {
  return source + "\n" + std::string(account);
}

/// When a key that is as good as new at `fresh_at` would be so again after one more attempt.
Tick after_attempt(Tick fresh_at, const Throttle::Rule& rule, Tick now) {
  return std::max(fresh_at, now) + rule.interval;
}

std::chrono::seconds too_early(Tick next, const Throttle::Rule& rule, Tick now) {
  return std::chrono::ceil<std::chrono::seconds>(next - now - rule.burst * rule.interval);
}

}  // namespace

std::optional<std::chrono::seconds> Throttle::attempt(std::string_view account,
                                                      std::string_view address,
                                                      Tick now) {
  const std::string source = source_of(address);
  const std::string pair = account_key(account, source);
  const std::lock_guard lock(mutex_);
  const auto next_of = [&](const std::string& key, const Rule& rule) {
    const auto at = entries_.find(key);
    return after_attempt(at == entries_.end() ? now : at->second, rule, now);
  };
  const Tick by_address = next_of(source, limits_.address);
  auto wait = too_early(by_address, limits_.address, now);
  std::optional<Tick> by_account;
  if (!account.empty()) {
    by_account = next_of(pair, limits_.account);
    wait = std::max(wait, too_early(*by_account, limits_.account, now));
  }
  if (wait.count() > 0) return wait;
  make_room(now);
  entries_[source] = by_address;
  if (by_account) entries_[pair] = *by_account;
  return std::nullopt;
}

void Throttle::succeeded(std::string_view account, std::string_view address) {
  const std::string source = source_of(address);
  const std::lock_guard lock(mutex_);
  if (const auto at = entries_.find(source); at != entries_.end()) {
    at->second -= limits_.address.interval;
  }
  entries_.erase(account_key(account, source));
}

/// For two more: forgets what is as good as new, else what will be soonest.
void Throttle::make_room(Tick now) {
  if (entries_.size() + 2 <= limits_.entries_max) return;
  std::erase_if(entries_, [now](const auto& entry) { return entry.second <= now; });
  while (!entries_.empty() && entries_.size() + 2 > limits_.entries_max) {
    entries_.erase(std::ranges::min_element(entries_, {}, &Entries::value_type::second));
  }
}

}  // namespace wayleave::access
