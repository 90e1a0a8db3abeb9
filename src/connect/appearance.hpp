#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "connect/logo.hpp"
#include "connect/words.hpp"
#include "db/database.hpp"

namespace wayleave::connect {

/// How a customer's pages look and speak for one app. Empty members: as they come.
struct Appearance {
  std::string company_name;
  Logo logo;
  std::string accent_color;  ///< `#rrggbb`
  std::string support_url;   ///< https
  TextOverrides texts;
  friend bool operator==(const Appearance&, const Appearance&) = default;
};

/// What a change brings in, not yet checked. Absent: unchanged; empty: as it comes.
struct AppearanceDraft {
  std::optional<std::string> company_name;
  std::optional<std::string> logo;  ///< data URI
  std::optional<std::string> accent_color;
  std::optional<std::string> support_url;
  std::optional<TextOverrides> texts;
};

inline constexpr std::size_t kCompanyNameBytesMax = 80;
inline constexpr std::size_t kSupportUrlBytesMax = 1024;
inline constexpr std::size_t kOwnTextBytesMax = 500;

/// `appearance` with the draft's fields, each checked; the first wrong one is the error, by its
/// JSON name (`appearance.logo`). Texts may only be given for languages and keys that the pages
/// have.
[[nodiscard]] Result<Appearance> apply(Appearance appearance, const AppearanceDraft& draft);

/// The keys of texts that an app may say in its own words.
[[nodiscard]] const std::vector<std::string_view>& own_text_keys();

/// The default one for an app without.
[[nodiscard]] Result<Appearance> find_appearance(db::Transaction& tx, const AppId& app);
[[nodiscard]] Result<> store_appearance(db::Transaction& tx,
                                        const AppId& app,
                                        const Appearance& appearance,
                                        Instant now);

}  // namespace wayleave::connect
