#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/admin.hpp"
#include "app/config.hpp"
#include "base/result.hpp"

namespace CLI {
class App;
}

namespace wayleave::app::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

/// What a verb has from the world outside, and the exit code it leaves behind.
struct Context {
  Environment environment;
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int exit_code = kDone;
};

/// The options that every administering verb takes.
struct AdminFlags {
  OptionValues values;  ///< data options
  std::string server;
  std::string key;
  bool json = false;
};

/// Adds options of a table to a verb; their values are gathered in `values`, which must outlive it.
void add_options(CLI::App& verb, const std::vector<OptionSpec>& specs, OptionValues& values);

/// Adds `--data … --server --key --json`.
[[nodiscard]] std::shared_ptr<AdminFlags> add_admin_flags(CLI::App& verb);

/// Opens the administration those flags (or `WAYLEAVE_SERVER` and `WAYLEAVE_KEY`) name, runs `work`
/// and sets the exit code; an error is printed with what to do.
void run_admin(Context& context,
               const AdminFlags& flags,
               const std::function<Result<>(Admin&)>& work);

/// The reply's body, or the refusal as an error; when it is about the app `slug`, with the apps
/// there are.
[[nodiscard]] Result<std::string> demand(Admin& admin,
                                         Result<Reply> reply,
                                         const std::string& slug = {});

/// Prints an error and sets the exit code.
void complain(Context& context, const Error& error, int exit_code);

/// A secret from a file, or from standard input when `path` is `-`; one trailing line break is
/// dropped.
[[nodiscard]] Result<SecretString> read_secret(Context& context, const std::string& path);

}  // namespace wayleave::app::cli
