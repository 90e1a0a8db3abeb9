#include "vault/refresh/plan.hpp"

#include <algorithm>

namespace wayleave::vault {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kLeadMin = 5s;
constexpr std::chrono::seconds kLeadMax = 5min;
/// The lead for a token whose life was not noted.
constexpr std::chrono::seconds kLeadUnknown = 1min;
/// A token that seems to live this much longer than it was issued for: the clock went back.
constexpr std::chrono::seconds kClockSlack = 1min;

Millis lead_time(const TokenAge& age, std::optional<std::chrono::seconds> lead) {
  if (!age.life) return lead.value_or(kLeadUnknown);
  const Millis life = *age.life;
  const Millis wanted =
      lead ? Millis{*lead} : std::clamp(life / 10, Millis{kLeadMin}, Millis{kLeadMax});
  return std::min(wanted, life / 2);
}

}  // namespace

std::optional<Instant> refresh_due_at(const TokenAge& age,
                                      std::optional<std::chrono::seconds> lead) {
  if (!age.expires_at) return std::nullopt;
  return *age.expires_at - lead_time(age, lead);
}

TokenUse token_use(const TokenAge& age, std::optional<std::chrono::seconds> lead, Instant now) {
  if (!age.expires_at) return TokenUse::Use;
  if (now >= *age.expires_at) return TokenUse::RefreshFirst;
  if (now >= *refresh_due_at(age, lead)) return TokenUse::UseAndRefresh;
  // After a backward jump nobody knows how long the token still lives; a new one tells (TK-16).
  if (age.life && *age.expires_at - now > *age.life + kClockSlack) return TokenUse::UseAndRefresh;
  return TokenUse::Use;
}

Verdict judge(const oauth::TokenOutcome& outcome) {
  if (outcome) return Verdict::Store;
  switch (outcome.error().failure) {
    case oauth::FailureClass::Terminal:
      return Verdict::Reauthorize;
    case oauth::FailureClass::Config:
      return Verdict::AppBroken;
    case oauth::FailureClass::Transient:
      break;
  }
  return Verdict::KeepAndCoolDown;
}

}  // namespace wayleave::vault
