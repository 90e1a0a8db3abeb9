#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "sandbox/scopes.hpp"

namespace wayleave::sandbox {

struct Crm;

/// The person who installs apps in an account: its super admin.
struct User {
  std::uint64_t id = 0;
  std::string email;
  std::string first_name;
  std::string last_name;
};

/// A customer's HubSpot account, also called portal or hub.
struct Account {
  enum class State {
    Active,
    Deleted,    ///< refreshes fail with BAD_HUB, calls with 401
    Migrating,  ///< every call answers 477
    Locked,     ///< every call answers 423
  };

  std::uint64_t portal_id = 0;
  std::string name;
  std::string domain;  ///< the customer's own web domain
  std::string region = "na1";
  std::string time_zone;
  std::chrono::minutes utc_offset{0};
  std::string currency;
  std::string type = "STANDARD";
  Tier tier = Tier::Enterprise;
  User installer = {};
  State state = State::Active;
  bool approval_required = false;  ///< an admin must approve apps first; nobody can install
  std::shared_ptr<Crm> crm = {};   ///< made when first looked at; only this account holds it

  /// The host of the account's web app, `app.hubspot.com` or a regional one.
  [[nodiscard]] std::string ui_domain() const;
};

/// The accounts of the simulated world; their data is generated from the seed when first used.
class Accounts {
 public:
  Accounts(std::uint64_t seed, int count, int records, Instant born);

  [[nodiscard]] Account* find(std::uint64_t portal_id);
  /// The account whose installer has that e-mail address.
  [[nodiscard]] Account* find_by_user(std::string_view email);
  /// Adds or replaces the description; null when there are kAccountsMax already.
  Account* put(Account account);
  /// The account's records, generated at the first call.
  [[nodiscard]] Crm& crm(Account& account);
  /// In turn, the next active account whose tier grants all of `scopes`; null when none does.
  [[nodiscard]] Account* next_for(const ScopeList& scopes);
  [[nodiscard]] std::map<std::uint64_t, Account>& all() { return accounts_; }

 private:
  std::uint64_t seed_;
  int records_;
  Instant born_;
  std::map<std::uint64_t, Account> accounts_;
  std::uint64_t last_chosen_ = 0;
};

}  // namespace wayleave::sandbox
