#include "db/sqlite/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace wayleave::db::sqlite {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> refuse(std::string detail) {
  return fail(ErrorKind::Reject, "database_unavailable", "database: " + std::move(detail));
}

Result<> check_directory(const fs::path& directory) {
  std::error_code failed;
  const fs::file_status status = fs::status(directory, failed);
  const std::string name = directory.string();
  if (!fs::exists(status)) {
    return refuse("directory " + name + " does not exist; make it (`mkdir -p " + name +
                  "`) or choose another place");
  }
  if (!fs::is_directory(status)) return refuse(name + " is not a directory; choose another place");
  // The log lies beside the file, so the directory itself must be writable.
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    return refuse("directory " + name + " cannot be written by this user (" + std::strerror(errno) +
                  "); change its owner or choose another place");
  }
  return {};
}

}  // namespace

Result<> prepare_file(const std::string& path) {
  if (path.empty()) return refuse("`sqlite:` must be followed by the path of a file");
  if (path.starts_with(":memory:")) {
    return refuse("databases in memory are not kept; name a file after `sqlite:`");
  }
  const fs::path file(path);
  const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  WL_CHECK(check_directory(directory));
  std::error_code failed;
  if (fs::is_directory(file, failed)) {
    return refuse(path + " is a directory; name a file in it, such as " +
                  (file / "wayleave.db").string());
  }
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return refuse("cannot open " + path + " for writing (" + std::strerror(errno) +
                  "); change its owner and permissions or choose another place");
  }
  ::close(descriptor);
  return {};
}

}  // namespace wayleave::db::sqlite
