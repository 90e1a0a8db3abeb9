#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/audit.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/task.hpp"
#include "base/text.hpp"
#include "connect/grants.hpp"
#include "connect/notice.hpp"
#include "connect/outcome.hpp"
#include "connect/scene.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "vault/sealed_table.hpp"
#include "vault/vault.hpp"

namespace wayleave::connect {

/// Begins a connection for one user of one app.
struct Invitation {
  WorkspaceId workspace;
  std::string app;       ///< slug in any case
  std::string provider;  ///< when set, the app's provider must answer to it
  std::string user;      ///< not yet checked
  std::optional<std::vector<std::string>> scopes;  ///< instead of the app's
  std::string return_url;                          ///< empty, or on an allow-listed origin (OA-10)
  std::optional<std::chrono::seconds> expires_in;  ///< of a hosted link; default 7 days, at most 30
  access::Actor actor;
};

/// A flow that began: where the browser has to go.
struct Started {
  std::string authorize_url;
  vault::App app;
  std::string user;
  std::string browser_cookie;  ///< value of the binding cookie; empty when not bound
};

struct Link {
  LinkId id;
  std::string url;            ///< the hosted connect page
  std::string authorize_url;  ///< the same without the page; empty when the app demands binding
  Instant expires_at;
};

/// With what a browser comes to an install link.
struct Visit {
  /// Origin of the window that opened this one and wants to hear how it ends; it must be one of the
  /// app's return origins. Empty: none.
  std::string opener = {};
  std::string language = {};  ///< a language asked for by name; empty: none
};

/// What the hosted page shows.
struct LinkView {
  LinkId id;
  vault::App app;
  std::string provider_name;
  std::string authorize_origin;  ///< where the button leads
  std::string return_origin;     ///< where the customer is led in the end; empty: a page of ours
  std::vector<Permission> permissions;
  Appearance appearance;
};

/// Why a link cannot be followed, as far as this visitor may know.
struct LinkRefusal {
  LinkEnd end = LinkEnd::None;
  Scene scene;
};

/// How far the trip of an install link is, for the page of the company that handed it out.
struct LinkStatus {
  /// `open`: the button was not pressed; `started`; `connected`, `denied`, `failed`; `expired`.
  std::string_view status = "open";
  std::string_view reason = {};  ///< of `failed` and `denied`, as the SDK's error codes have it
  std::string app;
  std::string user;
  bool limited = false;  ///< connected with less than was asked for
  Millis since{0};       ///< since the last trip was begun
};

/// A callback as it came: all parameters, still as one list so that duplicates are seen (OA-13).
struct Callback {
  std::string provider;  ///< path segment
  std::string app;       ///< path segment: `<slug>-<uuid>`
  FormFields query;
  std::string browser_cookie;  ///< empty: none
  std::string peer;
};

/// A callback that ended well.
struct Connected {
  vault::Connection connection;
  vault::App app;
  Scene scene;
  std::string return_url;  ///< empty: show the page; else complete with status and user
  std::string result_id;   ///< for Installer::result
};

/// A callback that ended otherwise. `return_url` (complete with `status=denied` or `status=failed`)
/// and `result_id` are set when it ended a flow of ours.
struct NotConnected {
  Outcome outcome = Outcome::Failed;
  Error error;
  Scene scene;  ///< empty while the flow is not known to be ours
  std::string return_url;
  std::string result_id;
};

/// How a flow ended, for the page a browser is sent to after the callback (OA-12).
struct ResultView {
  Outcome outcome = Outcome::Failed;
  Scene scene;
};

/// Install links and callbacks. `state` is 256 random bits, stored as a digest, single-use and good
/// for ten minutes after a browser was sent (OA-01…OA-04); the PKCE verifier is sealed (OA-05). All
/// parts must outlive it; any coroutine on any thread may call.
class Installer {
 public:
  struct Impl;
  struct Parts {
    db::Database& database;
    vault::Vault& vault;
    const crypto::KeyRing& keys;
    const Clock& clock;
    Random& random;
    Log& log;
    std::string public_url;  ///< without trailing slash; never taken from a request (OA-09)
  };
  explicit Installer(Parts parts);
  ~Installer();

  /// The authorize URL at once (`GET /api/{provider}/auth/{app}`); for an app that demands browser
  /// binding the hosted page instead.
  [[nodiscard]] Task<Result<Started>> start(Invitation invitation);
  [[nodiscard]] Task<Result<Link>> create_link(Invitation invitation);
  /// For the hosted page; `not_found`, or `gone` when used or expired.
  [[nodiscard]] Task<Result<LinkView>> view(std::string link_token, Visit visit = {});
  /// For the page that is shown when `view` or `follow` refused.
  [[nodiscard]] Task<LinkRefusal> refusal(std::string link_token, Visit visit);
  /// The customer pressed the button: a new flow bound to this browser. A binding cookie that the
  /// browser already has is kept, so that flows side by side can all be finished.
  [[nodiscard]] Task<Result<Started>> follow(std::string link_token,
                                             std::string browser_cookie,
                                             Visit visit = {});
  /// For a page on `origin` that holds the link. `not_found`; `forbidden` unless the origin is one
  /// of the app's return origins.
  [[nodiscard]] Task<Result<LinkStatus>> status(std::string link_token, std::string origin);
  [[nodiscard]] Task<std::expected<Connected, NotConnected>> callback(Callback callback);
  /// By the id a callback gave out; `not_found` when unknown, still open or trimmed (a day). Only
  /// the browser that made the trip is told what belongs to it (whom to tell, trying again).
  [[nodiscard]] Task<Result<ResultView>> result(std::string result_id,
                                                std::string browser_cookie = {});
  /// Begins the trip of that result again: same link, user, scopes and browser. `gone` when the
  /// result cannot be mended by that, belongs to another browser or is too old.
  [[nodiscard]] Task<Result<Started>> repeat(std::string result_id, std::string browser_cookie);

 private:
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::string_view kBindingCookie = "wayleave_flow";

/// After the vault's: links and flows go with the app they belong to.
[[nodiscard]] std::vector<db::Migration> migrations();
/// Those of its tables that hold sealed values.
[[nodiscard]] std::vector<vault::SealedTable> sealed_tables();

}  // namespace wayleave::connect
