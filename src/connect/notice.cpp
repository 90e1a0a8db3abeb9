#include "connect/notice.hpp"

namespace wayleave::connect {
namespace {

using Advice = Notice::Advice;
using Tone = Notice::Tone;

Notice made(Tone tone, std::string_view key, Advice advice = Advice::StartAgain) {
  Notice notice;
  notice.tone = tone;
  notice.key = key;
  notice.advice = advice;
  return notice;
}

Notice worded(Outcome outcome, bool limited) {
  switch (outcome) {
    case Outcome::Connected:
      return limited ? made(Tone::Calm, "limited", Advice::None)
                     : made(Tone::Good, "connected", Advice::Close);
    case Outcome::Denied:
      return made(Tone::Calm, "denied");
    case Outcome::ProviderError:
      return made(Tone::Bad, "providerError");
    case Outcome::CodeRefused:
      return made(Tone::Bad, "codeRefused");
    case Outcome::Unreachable:
      return made(Tone::Calm, "unreachable");
    case Outcome::Misconfigured:
      return made(Tone::Bad, "misconfigured", Advice::None);
    case Outcome::AccountMismatch:
      return made(Tone::Bad, "accountMismatch");
    case Outcome::Failed:
      return made(Tone::Bad, "failed");
    case Outcome::UsedState:
      return made(Tone::Calm, "used");
    case Outcome::LinkUsed:
      return made(Tone::Calm, "linkUsed");
    case Outcome::ExpiredState:
      return made(Tone::Calm, "expired");
    case Outcome::AppChanged:
      return made(Tone::Calm, "appChanged");
    case Outcome::WrongBrowser:
      return made(Tone::Bad, "wrongBrowser");
    case Outcome::Malformed:
    case Outcome::UnknownState:
    case Outcome::WrongPath:
    case Outcome::IssuerMismatch:
      break;
  }
  return made(Tone::Bad, "malformed");
}

}  // namespace

std::string_view reason_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::UsedState:
    case Outcome::LinkUsed:
      return "used";
    case Outcome::ExpiredState:
      return "expired";
    case Outcome::Denied:
      return "denied";
    default:
      return to_string(outcome);
  }
}

Notice notice_of(Outcome outcome, bool limited) {
  Notice notice = worded(outcome, limited);
  notice.quotes = outcome == Outcome::Denied || outcome == Outcome::ProviderError;
  if (outcome == Outcome::Connected) {
    notice.status = "connected";
  } else {
    if (outcome == Outcome::Denied) notice.status = "denied";
    notice.reason = reason_of(outcome);
  }
  return notice;
}

Notice notice_of_link(const Error& error, LinkEnd end) {
  Notice notice;
  if (end != LinkEnd::None || error.code == "gone") {
    const bool used = end != LinkEnd::Expired;
    notice = made(Tone::Calm, used ? "linkUsed" : "linkExpired");
    notice.reason = used ? "used" : "expired";
    return notice;
  }
  switch (error.kind) {
    case ErrorKind::NotFound:
      return made(Tone::Bad, "linkUnknown", Advice::None);
    case ErrorKind::Limit:
    case ErrorKind::Retry:
      return made(Tone::Calm, "busy", Advice::None);
    case ErrorKind::Denied:
      return made(Tone::Bad, "otherSite", Advice::None);
    case ErrorKind::Reject:
    case ErrorKind::Conflict:
    case ErrorKind::Reauthorize:
      return made(Tone::Bad, error.field == "origin" ? "wrongOrigin" : "linkBroken", Advice::None);
    case ErrorKind::Internal:
      break;
  }
  return made(Tone::Bad, "fault", Advice::None);
}

}  // namespace wayleave::connect
