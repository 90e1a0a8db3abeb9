#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wayleave::sandbox {

enum class Kind { Contact, Company, Deal, Ticket };
inline constexpr std::size_t kKinds = 4;
inline constexpr std::array<Kind, kKinds> kAllKinds{
    Kind::Contact, Kind::Company, Kind::Deal, Kind::Ticket};

/// What distinguishes one CRM object type from another.
struct ObjectType {
  Kind kind;
  std::string_view plural;                       ///< as in paths: contacts
  std::string_view singular;                     ///< as in association names: contact
  std::string_view type_id;                      ///< 0-1
  std::string_view modified;                     ///< the property that tells the last change
  std::span<const std::string_view> shown;       ///< properties answered when none are asked for
  std::span<const std::string_view> searchable;  ///< properties that `query` looks into
  std::span<const std::string_view> required;    ///< one of each on create; `a|b` means either
  std::span<const std::string_view> read_scopes;
  std::span<const std::string_view> write_scopes;
  std::span<const std::string_view> schema_read_scopes;
  std::span<const std::string_view> schema_write_scopes;
};

[[nodiscard]] const ObjectType& object_type(Kind kind);
/// By plural or singular name or type id; null when there is no such type.
[[nodiscard]] const ObjectType* find_object_type(std::string_view name);
[[nodiscard]] std::vector<std::string> to_strings(std::span<const std::string_view> list);

}  // namespace wayleave::sandbox
