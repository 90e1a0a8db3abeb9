#include "app/demo/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace wayleave::app::demo {

Result<TemporaryFolder> TemporaryFolder::create() {
  std::error_code ec;
  std::string path = std::filesystem::temp_directory_path(ec).string() + "/wayleave-demo-XXXXXX";
  if (ec || ::mkdtemp(path.data()) == nullptr) {
    return reject("data", std::string("cannot make a temporary folder: ") + std::strerror(errno));
  }
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ec;
  if (!path_.empty()) std::filesystem::remove_all(path_, ec);
}

}  // namespace wayleave::app::demo
