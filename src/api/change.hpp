#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wayleave::api {

/// The `detail` of an audit record about a change, from the thing's JSON before and after: the
/// members that differ, but for `updatedAt`. `secrets` names those that were set anew and stand in
/// neither. Long texts are cut and named by their SHA-256, so that a record stays small.
[[nodiscard]] std::string change_of(std::string_view before,
                                    std::string_view after,
                                    const std::vector<std::string>& secrets = {});

/// The same for what came into being, or is no more.
[[nodiscard]] std::string made_of(std::string_view after,
                                  const std::vector<std::string>& secrets = {});
[[nodiscard]] std::string end_of(std::string_view before);

}  // namespace wayleave::api
