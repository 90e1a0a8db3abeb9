#pragma once
// What installer.cpp and callback.cpp share.

#include <memory>
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
};

}  // namespace wayleave::connect
