#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

/// HTML for the person who installs an app. Everything from outside is escaped here.
namespace wayleave::sandbox {

struct AccountChoice {
  std::string name;
  std::string details;  ///< portal id, tier, who is logged in
  std::string url;      ///< the consent page of that account
};
[[nodiscard]] std::string account_chooser_page(std::string_view app_name,
                                               const std::vector<AccountChoice>& choices);

struct ConsentView {
  std::string app_name;
  std::string account_name;
  std::string user_email;
  std::string action;                ///< where the form posts to
  FormFields hidden;                 ///< the authorize call's own parameters
  std::vector<std::string> grants;   ///< what the app may do, one line each
  std::vector<std::string> dropped;  ///< optional scopes this account cannot give
};
[[nodiscard]] std::string consent_page(const ConsentView& view);

/// Why nothing can be installed; the person never gets back to the app from here.
[[nodiscard]] std::string authorize_error_page(std::string_view title,
                                               std::string_view detail,
                                               const std::vector<std::string>& items = {});

}  // namespace wayleave::sandbox
