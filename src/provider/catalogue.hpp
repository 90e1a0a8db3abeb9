#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "provider/provider.hpp"

namespace wayleave::provider {

/// The text of one provider file.
struct Source {
  std::string name;  ///< `hubspot.yaml`, for messages
  std::string text;
};

/// Settings of an app: for provider `oauth2` by the names of contract section 4 (`authorize`,
/// `token`, `apiBase`, `revoke`, `introspect`, `issuer`, `clientAuth`, `pkce`, `scopeSeparator`,
/// `authorizeParams` as `a=b&c=d`, `accountField`), for a provider with `tenant` the names of its
/// fields; unknown names are refused.
using Settings = std::map<std::string, std::string>;

/// All providers, checked. Any thread may read, and replace them while others read: each provider
/// is immutable and lives as long as somebody holds it. `hubspot-sandbox` takes its hosts from the
/// variable `sandbox`.
class Catalogue {
 public:
  using Variables = std::map<std::string, std::string>;
  /// Parses and checks every file; of two with one name the later counts. Code `provider_invalid`:
  /// the detail has one line per problem with file, line and key.
  [[nodiscard]] static Result<Catalogue> load(const std::vector<Source>& sources,
                                              const Variables& variables);
  /// The files compiled into the binary.
  [[nodiscard]] static std::vector<Source> embedded();
  /// The files `*.yaml` of a directory; they replace embedded ones of the same slug.
  [[nodiscard]] static Result<std::vector<Source>> read_directory(const std::string& path);

  /// Without any provider.
  Catalogue() : Catalogue(Providers()) {}
  Catalogue(Catalogue&& other) noexcept : providers_(other.snapshot()) {}
  Catalogue& operator=(Catalogue&& other) noexcept {
    replace(other);
    return *this;
  }

  /// Null when there is none.
  [[nodiscard]] std::shared_ptr<const Provider> find(std::string_view slug) const;
  [[nodiscard]] std::vector<std::shared_ptr<const Provider>> all() const;
  /// The provider as one app uses it, with the app's settings checked and filled in; an error names
  /// its field `settings.<name>`. A provider with an `unusable_reason` is returned as it is.
  [[nodiscard]] Result<std::shared_ptr<const Provider>> resolve(std::string_view slug,
                                                                const Settings& settings) const;
  /// Takes up the providers of `fresh`, when files were changed.
  void replace(const Catalogue& fresh);

 private:
  using Providers = std::map<std::string, std::shared_ptr<const Provider>, std::less<>>;
  explicit Catalogue(Providers providers)
      : providers_(std::make_shared<const Providers>(std::move(providers))) {}
  [[nodiscard]] std::shared_ptr<const Providers> snapshot() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Providers> providers_;  // shared with readers that are under way
};

}  // namespace wayleave::provider
