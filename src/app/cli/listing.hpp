#pragma once

#include <string>
#include <vector>

#include "app/cli/context.hpp"
#include "app/cli/json_view.hpp"

namespace wayleave::app::cli {

inline constexpr std::size_t kListedMax = 100'000;

/// Every item of a list, page after page; `target` may have a query; `slug` as for `demand`. At
/// most `kListedMax`.
[[nodiscard]] Result<std::vector<JsonView>> list_all(Admin& admin,
                                                     const std::string& target,
                                                     const std::string& slug = {});

/// `{"data":[…]}` on one line.
void print_list(Context& context, const std::vector<JsonView>& items);

}  // namespace wayleave::app::cli
