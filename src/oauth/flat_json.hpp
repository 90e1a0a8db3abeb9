#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace wayleave::oauth {

/// One top-level member of a JSON object.
struct Member {
  enum class Kind { String, Number, Boolean, Null, Array, Object };
  std::string name;
  Kind kind = Kind::Null;
  SecretString text;  ///< of a string, decoded; of a number or boolean, as it was spelt
  std::vector<std::string> items = {};  ///< of an array: its direct strings, at most kItemsMax
};

/// The top level of a JSON object read strictly: RFC 8259 and UTF-8 only, no duplicate key at any
/// depth, nothing after the object, at most kDepthMax deep. Deeper values are checked and skipped.
/// Values may be tokens, hence the wiped text.
class FlatObject {
 public:
  static constexpr std::size_t kDepthMax = 64;
  static constexpr std::size_t kMembersMax = 1000;
  static constexpr std::size_t kItemsMax = 1000;
  static constexpr std::size_t kNameBytesMax = 256;

  /// nullopt when the text is anything but such an object.
  [[nodiscard]] static std::optional<FlatObject> parse(std::string_view text);
  /// The same from an `application/x-www-form-urlencoded` body: every member is a string. nullopt
  /// on a broken escape, a duplicate, too many or no fields.
  [[nodiscard]] static std::optional<FlatObject> parse_form(std::string_view text);

  [[nodiscard]] const Member* find(std::string_view name) const;
  /// The text of a string member; nullopt when it is absent or of another kind.
  [[nodiscard]] std::optional<std::string> string(std::string_view name) const;
  [[nodiscard]] bool is_false(std::string_view name) const;
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }

 private:
  explicit FlatObject(std::vector<Member> members) : members_(std::move(members)) {}
  std::vector<Member> members_;
};

}  // namespace wayleave::oauth
