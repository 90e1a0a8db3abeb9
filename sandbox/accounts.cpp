#include "sandbox/accounts.hpp"

#include <algorithm>
#include <array>

#include "base/random.hpp"
#include "sandbox/crm.hpp"
#include "sandbox/generator.hpp"
#include "sandbox/limits.hpp"

namespace wayleave::sandbox {
namespace {

using std::chrono::minutes;

constexpr std::uint64_t kFirstPortal = 24'187'301;

struct Place {
  std::string_view region, time_zone, currency;
  minutes utc_offset;
  Tier tier;
};

// Accounts take these in turn, so that one run meets several regions and subscriptions.
constexpr std::array kPlaces = std::to_array<Place>({
    {"na1", "US/Eastern", "USD", minutes{-300}, Tier::Enterprise},
    {"eu1", "Europe/Berlin", "EUR", minutes{60}, Tier::Professional},
    {"ap1", "Australia/Sydney", "AUD", minutes{600}, Tier::Enterprise},
    {"na1", "Canada/Pacific", "CAD", minutes{-480}, Tier::Professional},
    {"eu1", "Europe/London", "GBP", minutes{0}, Tier::Starter},
    {"na1", "US/Central", "USD", minutes{-360}, Tier::Free},
});

Account make_account(SeededRandom& random, std::uint64_t portal_id, std::size_t index) {
  const Place& place = kPlaces[index % kPlaces.size()];
  const CompanyName company = company_name(random);
  const PersonName person = person_name(random);
  Account account;
  account.portal_id = portal_id;
  account.name = company.name;
  account.domain = company.domain;
  account.region = place.region;
  account.time_zone = place.time_zone;
  account.utc_offset = place.utc_offset;
  account.currency = place.currency;
  account.tier = place.tier;
  account.installer = {portal_id * 3 + 17,
                       email_of(person, company.domain),
                       std::string(person.first),
                       std::string(person.last)};
  return account;
}

}  // namespace

std::string Account::ui_domain() const {
  return region == "na1" ? "app.hubspot.com" : "app-" + region + ".hubspot.com";
}

Accounts::Accounts(std::uint64_t seed, int count, int records, Instant born)
    : seed_(seed), records_(records), born_(born) {
  SeededRandom random(seed);
  const std::size_t wanted = std::min(static_cast<std::size_t>(std::max(count, 1)), kAccountsMax);
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::uint64_t portal_id = kFirstPortal + i * 7;
    accounts_.emplace(portal_id, make_account(random, portal_id, i));
  }
}

Account* Accounts::find(std::uint64_t portal_id) {
  const auto at = accounts_.find(portal_id);
  return at == accounts_.end() ? nullptr : &at->second;
}

Account* Accounts::find_by_user(std::string_view email) {
  const auto at = std::ranges::find_if(
      accounts_, [&](const auto& entry) { return entry.second.installer.email == email; });
  return at == accounts_.end() ? nullptr : &at->second;
}

Account* Accounts::put(Account account) {
  if (!accounts_.contains(account.portal_id) && accounts_.size() >= kAccountsMax) return nullptr;
  const std::uint64_t key = account.portal_id;
  return &accounts_.insert_or_assign(key, std::move(account)).first->second;
}

Crm& Accounts::crm(Account& account) {
  if (!account.crm) {
    account.crm = std::make_shared<Crm>(account, born_);
    generate(*account.crm, account, seed_, records_, born_);
  }
  return *account.crm;
}

Account* Accounts::next_for(const ScopeList& scopes) {
  const auto fits = [&](const Account& account) {
    return account.state == Account::State::Active && !account.approval_required &&
           available(scopes, account.tier).size() == scopes.size();
  };
  auto at = accounts_.upper_bound(last_chosen_);
  for (std::size_t tried = 0; tried < accounts_.size(); ++tried) {
    if (at == accounts_.end()) at = accounts_.begin();
    if (fits(at->second)) {
      last_chosen_ = at->first;
      return &at->second;
    }
    ++at;
  }
  return nullptr;
}

}  // namespace wayleave::sandbox
