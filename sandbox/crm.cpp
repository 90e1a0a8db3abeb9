#include "sandbox/crm.hpp"

#include "sandbox/accounts.hpp"

namespace wayleave::sandbox {

Crm::Crm(const Account& account, Instant born)
    : portal_id(account.portal_id),
      ui_domain(account.ui_domain()),
      records{Records(Kind::Contact),
              Records(Kind::Company),
              Records(Kind::Deal),
              Records(Kind::Ticket)},
      last_id_(20'000'000'000 + (account.portal_id % 100'000) * 10'000'000) {
  for (const Kind kind : kAllKinds) {
    table(kind) = standard_properties(kind, born);
    pipelines_of(kind) = standard_pipelines(kind, born);
  }
}

std::uint64_t Crm::take_id() {
  last_id_ += 1 + last_id_ % 23;
  return last_id_;
}

}  // namespace wayleave::sandbox
