#pragma once

#include <optional>
#include <string>

#include "app/cli/json_view.hpp"
#include "base/result.hpp"

namespace CLI {
class App;
}

namespace wayleave::app::cli {

/// How an app's customers' pages are to look, as the command line says it. Absent: unchanged.
struct LookArgs {
  std::optional<std::string> company_name;
  std::optional<std::string> logo_file;  ///< empty: none any more
  std::optional<std::string> accent_color;
  std::optional<std::string> support_url;
  std::optional<std::string> texts_file;  ///< JSON; empty: the usual words again
};

/// `args` must outlive the verb.
void add_look_options(CLI::App& verb, LookArgs& args);

/// The member `appearance` for the API; empty when nothing was said.
[[nodiscard]] Result<std::string> look_json(const LookArgs& args);

/// What an app's answer says of it, in a line; empty when it looks as apps do.
[[nodiscard]] std::string look_summary(const JsonView& app);

}  // namespace wayleave::app::cli
