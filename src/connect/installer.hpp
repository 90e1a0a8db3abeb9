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
#include "connect/outcome.hpp"
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

/// What the hosted page shows.
struct LinkView {
  LinkId id;
  vault::App app;
  std::string provider_name;
  std::string authorize_origin;     ///< where the button leads
  std::string return_origin;        ///< where the customer is led in the end; empty: a page of ours
  std::vector<std::string> grants;  ///< what is asked for, in plain words
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
  std::string provider_name;
  std::string return_url;  ///< empty: show the page; else complete with status and user
  std::string result_id;   ///< for Installer::result
};

/// A callback that ended otherwise. `return_url` (complete with `status=denied` or `status=failed`)
/// and `result_id` are set when it ended a flow of ours.
struct NotConnected {
  Outcome outcome = Outcome::Failed;
  Error error;
  std::string provider_name;  ///< empty while the flow is not known to be ours
  std::string app_slug;
  std::string provider_text;  ///< the provider's own words, to be escaped (OA-11)
  std::string return_url;
  std::string result_id;
};

/// How a flow ended, for the page a browser is sent to after the callback (OA-12).
struct ResultView {
  Outcome outcome = Outcome::Failed;
  std::string provider_name;
  std::string app_slug;
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
  [[nodiscard]] Task<Result<LinkView>> view(std::string link_token);
  /// The customer pressed the button: a new flow bound to this browser. A binding cookie that the
  /// browser already has is kept, so that flows side by side can all be finished.
  [[nodiscard]] Task<Result<Started>> follow(std::string link_token, std::string browser_cookie);
  [[nodiscard]] Task<std::expected<Connected, NotConnected>> callback(Callback callback);
  /// By the id a callback gave out; `not_found` when unknown, still open or trimmed (a day).
  [[nodiscard]] Task<Result<ResultView>> result(std::string result_id);

 private:
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::string_view kBindingCookie = "wayleave_flow";

/// After the vault's: links and flows go with the app they belong to.
[[nodiscard]] std::vector<db::Migration> migrations();
/// Those of its tables that hold sealed values.
[[nodiscard]] std::vector<vault::SealedTable> sealed_tables();

}  // namespace wayleave::connect
