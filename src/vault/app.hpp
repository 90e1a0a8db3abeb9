#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/key_ring.hpp"
#include "db/database.hpp"
#include "provider/catalogue.hpp"

namespace wayleave::vault {

enum class BrowserBinding { Optional, Required };

/// The OAuth client a company registered at a provider, without its secret.
struct App {
  AppId id;  ///< UUID
  WorkspaceId workspace;
  std::string slug;      ///< lower case
  std::string provider;  ///< provider slug
  std::string client_id;
  std::string app_id;  ///< the provider's number for it; may be empty
  std::vector<std::string> scopes;
  std::vector<std::string> optional_scopes;
  std::vector<std::string> return_origins;  ///< exact origins, `https://host[:port]` (OA-10)
  BrowserBinding browser_binding = BrowserBinding::Optional;
  std::string webhook_url;
  provider::Settings settings;  ///< for provider `oauth2`
  Instant created_at;
  Instant updated_at;
  std::int64_t version = 1;  ///< grows with each change; bound into the sealed secret
};

/// What a registration or a change brings in; parsed, not yet checked. Absent: unchanged.
struct AppDraft {
  std::optional<std::string> slug;
  std::optional<std::string> provider;
  std::optional<std::string> client_id;
  std::optional<SecretString> client_secret;
  std::optional<std::string> app_id;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::vector<std::string>> optional_scopes;
  std::optional<std::vector<std::string>> return_origins;
  std::optional<BrowserBinding> browser_binding;
  std::optional<std::string> webhook_url;
  std::optional<provider::Settings> settings;
};

/// Apps in the database. Each change is noted in the change feed under topic `app` (key: the UUID).
/// Any thread, inside a transaction.
class Apps {
 public:
  /// `keys` and `catalogue` must outlive this.
  Apps(const crypto::KeyRing& keys, const provider::Catalogue& catalogue)
      : keys_(keys), catalogue_(catalogue) {}

  /// Checks every field (an error names it by its JSON name) and stores. `conflict` when the slug
  /// is taken in the workspace.
  [[nodiscard]] Result<App> create(db::Transaction& tx,
                                   const WorkspaceId& workspace,
                                   AppDraft draft,
                                   Random& random,
                                   Instant now) const;
  [[nodiscard]] Result<App> update(db::Transaction& tx,
                                   const WorkspaceId& workspace,
                                   std::string_view slug,
                                   AppDraft draft,
                                   Instant now) const;
  /// Removes the app with its links and connections' rows; refuses (`conflict`) while connections
  /// exist unless `force`.
  [[nodiscard]] Result<> remove(db::Transaction& tx,
                                const WorkspaceId& workspace,
                                std::string_view slug,
                                bool force,
                                Instant now) const;
  /// By slug in any case; `app_not_found`.
  [[nodiscard]] Result<App> find(db::Transaction& tx,
                                 const WorkspaceId& workspace,
                                 std::string_view slug) const;
  [[nodiscard]] Result<App> find(db::Transaction& tx, const AppId& id) const;
  [[nodiscard]] Result<std::vector<App>> list(db::Transaction& tx,
                                              const WorkspaceId& workspace,
                                              std::string_view after_slug,
                                              int limit) const;
  [[nodiscard]] Result<SecretString> client_secret(db::Transaction& tx, const App& app) const;
  /// The provider as this app uses it.
  [[nodiscard]] Result<std::shared_ptr<const provider::Provider>> provider(const App& app) const;

 private:
  [[nodiscard]] Result<> check_move(db::Transaction& tx,
                                    const App& old,
                                    const provider::Provider& next,
                                    const AppDraft& draft) const;

  const crypto::KeyRing& keys_;
  const provider::Catalogue& catalogue_;
};

/// The one answer for an app that is unknown, of another workspace or misspelt (PX-09).
[[nodiscard]] Error app_not_found();

/// 1-63 of letters, digits, '-' and '_', starting with a letter or digit; returns it in lower case.
[[nodiscard]] Result<std::string> parse_slug(std::string_view text);

/// The redirect URL registered at the provider: `<public>/<provider>/<slug>-<uuid>/callback`.
[[nodiscard]] std::string redirect_url(std::string_view public_url, const App& app);

}  // namespace wayleave::vault
