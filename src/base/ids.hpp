#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace wayleave {

/// A distinct identifier type per thing, so that an app's id cannot be passed as a connection's.
/// The text is opaque; `base/random.hpp` makes new ones.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  std::string text_;
};

using WorkspaceId = Id<struct WorkspaceTag>;    ///< the tenancy boundary, `default` at first
using AppId = Id<struct AppTag>;                ///< UUID of an app
using ConnectionId = Id<struct ConnectionTag>;  ///< `con_…`
using KeyId = Id<struct KeyTag>;                ///< `key_…`, an API key
using LinkId = Id<struct LinkTag>;              ///< `lnk_…`, an install link
using MemberId = Id<struct MemberTag>;          ///< `mem_…`, a person of the workspace
using SessionId = Id<struct SessionTag>;        ///< `ses_…`, a sign-in of a member

}  // namespace wayleave

template <class Tag>
struct std::hash<wayleave::Id<Tag>> {
  std::size_t operator()(const wayleave::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
