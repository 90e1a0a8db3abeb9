#pragma once

#include <string>

namespace wayleave {

/// Makes what happened to the names in the folder of `path` last, also through a power cut; false
/// when it cannot. Blocks.
[[nodiscard]] bool sync_folder_of(const std::string& path);

}  // namespace wayleave
