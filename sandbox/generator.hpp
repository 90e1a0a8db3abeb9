#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace wayleave::sandbox {

struct Account;
struct Crm;

struct PersonName {
  std::string_view first;
  std::string_view last;
};
struct CompanyName {
  std::string name;    ///< Northfield Glass
  std::string domain;  ///< northfield-glass.example, a name nobody can own (RFC 2606)
};

[[nodiscard]] PersonName person_name(SeededRandom& random);
[[nodiscard]] CompanyName company_name(SeededRandom& random);
/// first.last@domain in ASCII lower case.
[[nodiscard]] std::string email_of(const PersonName& person, std::string_view domain);

/// Fills the account with `records` of each type, owners and forms. The same seed, account and
/// moment give the same data.
void generate(Crm& crm, const Account& account, std::uint64_t seed, int records, Instant born);

}  // namespace wayleave::sandbox
