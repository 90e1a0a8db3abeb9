#pragma once
// What installer.cpp and callback.cpp share.

#include <memory>
#include <optional>
#include <string>

#include "connect/budget.hpp"
#include "connect/flow_start.hpp"
#include "connect/installer.hpp"
#include "connect/limits.hpp"

namespace wayleave::connect {

/// An app with its provider as that app uses it.
struct AppInUse {
  vault::App app;
  std::shared_ptr<const provider::Provider> provider;
};

struct Installer::Impl {
  explicit Impl(Parts p)
      : parts(std::move(p)), open_flows(kOpenFlowsMax), open_links(kOpenLinksMax) {}

  Parts parts;
  Budget open_flows;
  Budget open_links;

  [[nodiscard]] Result<AppInUse> find_app(db::Transaction& tx,
                                          const WorkspaceId& workspace,
                                          std::string_view slug,
                                          std::string_view provider) const;
  [[nodiscard]] Result<AppInUse> find_app(db::Transaction& tx, const AppId& id) const;
  /// Takes one of the open flows there may be; `rate_limited` when there are too many.
  [[nodiscard]] Task<Result<>> reserve_flow(Instant now);
};

/// Takes one row from a budget, counting first when it asks for that.
[[nodiscard]] Task<Result<>> reserve(db::Database& database,
                                     Budget& budget,
                                     Result<std::int64_t> (*count)(db::Transaction&, Instant),
                                     Instant now);

/// What every page of an app knows.
[[nodiscard]] Result<Scene> scene_of(db::Transaction& tx, const AppInUse& in_use);

/// What the browser that made the trip may know of it. `missing`: scopes that were not given.
void tell_traveller(Scene& scene,
                    const Flow& flow,
                    const AppInUse& in_use,
                    Outcome outcome,
                    const std::vector<std::string>& missing);

/// Whether trying again may mend it.
[[nodiscard]] bool is_repeatable(Outcome outcome, bool limited);

[[nodiscard]] std::string return_url_of(const Flow& flow, Outcome outcome, std::string_view code);

}  // namespace wayleave::connect
