#include "connect/notice.hpp"

#include <utility>

namespace wayleave::connect {
namespace {

constexpr std::string_view kAgain =
    "Go back to where you came from and start again, or ask for a new link.";

Notice calm(std::string title, std::string line) {
  return {Notice::Tone::Calm, std::move(title), {std::move(line), std::string(kAgain)}};
}

Notice bad(std::string title, std::string line) {
  return {Notice::Tone::Bad, std::move(title), {std::move(line), std::string(kAgain)}};
}

/// Callbacks that are not what we sent the browser out for: nothing was changed.
Notice refusal(Outcome outcome, const std::string& provider) {
  switch (outcome) {
    case Outcome::UsedState:
      return calm("This was used already",
                  "This step was completed before. If you saw a confirmation, all is well.");
    case Outcome::LinkUsed:
      return calm("This link was used already",
                  "An install link connects one account, once. Nothing was changed now.");
    case Outcome::ExpiredState:
      return calm("That took too long",
                  "For your safety the permission has to be given within ten minutes.");
    case Outcome::AppChanged:
      return calm("The settings changed meanwhile",
                  "The connection to " + provider + " was being set up anew while you were away.");
    case Outcome::WrongBrowser:
      return bad("Please use the same browser",
                 "This was started in another browser or another private window, so it cannot be "
                 "finished in this one. Nothing was connected.");
    default:
      return bad("This page cannot be used",
                 "The address is incomplete or does not belong to a connection that was started "
                 "here. Nothing was connected.");
  }
}

}  // namespace

Notice notice_of(Outcome outcome,
                 std::string_view provider_name,
                 std::string_view app_slug,
                 std::string_view provider_text) {
  const std::string provider(provider_name.empty() ? "the service" : provider_name);
  const std::string app(app_slug.empty() ? "The app" : app_slug);
  Notice notice;
  switch (outcome) {
    case Outcome::Connected:
      return {Notice::Tone::Good,
              provider + " is connected",
              {app + " can now work with your " + provider + " account.",
               "You can close this window."}};
    case Outcome::Denied:
      notice = calm("Not connected", "You did not give the permission, so nothing was connected.");
      break;
    case Outcome::ProviderError:
      notice = bad("Not connected", provider + " could not complete the request.");
      break;
    case Outcome::CodeRefused:
      return bad(
          "Not connected",
          provider + " did not accept the confirmation, most likely because it came too late.");
    case Outcome::Unreachable:
      return calm("Please try again",
                  provider +
                      " did not answer, so the connection could not be completed. Nothing was "
                      "lost; it usually works a moment later.");
    case Outcome::Misconfigured:
      return bad("Not connected",
                 provider +
                     " refused the app itself. Please tell the people who sent you here: the "
                     "app's settings need to be checked.");
    case Outcome::AccountMismatch:
      return bad("This is another account",
                 "A different " + provider +
                     " account is connected already. Sign in with that one, "
                     "or have it disconnected first.");
    case Outcome::Failed:
      return bad("Something went wrong",
                 "The connection could not be saved. Nothing was connected.");
    default:
      return refusal(outcome, provider);
  }
  if (!provider_text.empty()) notice.quote = provider + " says: " + std::string(provider_text);
  return notice;
}

Notice notice_of_link(const Error& error) {
  if (error.code == "gone") {
    return {Notice::Tone::Calm,
            "This link is no longer valid",
            {"It was used already or has expired.", std::string(kAgain)}};
  }
  switch (error.kind) {
    case ErrorKind::NotFound:
      return {Notice::Tone::Bad,
              "This link is not known",
              {"Part of the address may be missing. Please copy the whole link.",
               "If it still does not work, ask for a new one."}};
    case ErrorKind::Limit:
    case ErrorKind::Retry:
      return {Notice::Tone::Calm,
              "Please try again",
              {"Too much is going on right now. Wait a moment and open the link again."}};
    case ErrorKind::Denied:
      return {Notice::Tone::Bad,
              "Please open the link itself",
              {"This came from another site. Open the link you were given and press the button "
               "there."}};
    case ErrorKind::Reject:
    case ErrorKind::Conflict:
    case ErrorKind::Reauthorize:
      return {Notice::Tone::Bad,
              "This link cannot be used",
              {"Please tell the people who sent it: the app's settings need to be checked."}};
    case ErrorKind::Internal:
      break;
  }
  return {Notice::Tone::Bad,
          "Something went wrong",
          {"That was our fault. Wait a moment and open the link again."}};
}

}  // namespace wayleave::connect
