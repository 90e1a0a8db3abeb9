#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "provider/provider.hpp"

namespace wayleave::connect {

/// One thing an app asks a customer to allow.
struct Permission {
  enum class Kind { Read, Change, Other } kind = Kind::Other;
  /// `contacts`: named in every language as text `thing.contacts`; empty: `text` it is.
  std::string thing;
  std::string text;  ///< the provider file's plain words; the scope itself where it has none
  bool optional = false;
  friend bool operator==(const Permission&, const Permission&) = default;
};

/// What scopes let an app do. Without repetitions, in the order asked, the optional ones last.
[[nodiscard]] std::vector<Permission> describe_scopes(const provider::Provider& provider,
                                                      const std::vector<std::string>& required,
                                                      const std::vector<std::string>& optional);

/// Whether a scope's name says that it reads, or that it changes: `crm.objects.deals.read`,
/// `write:issues`, `https://www.googleapis.com/auth/calendar.readonly`. What says neither is Other.
[[nodiscard]] Permission::Kind kind_of_scope(std::string_view scope);

}  // namespace wayleave::connect
