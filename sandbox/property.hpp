#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/object_types.hpp"
#include "sandbox/problem.hpp"

namespace wayleave::sandbox {

struct Option {
  std::string value;
  std::string label;
  std::string description = {};
  bool hidden = false;
};

/// The definition of one field of an object type.
struct Property {
  std::string name;
  std::string label;
  std::string type = "string";      ///< bool, date, datetime, enumeration, number, string
  std::string field_type = "text";  ///< how forms show it
  std::string group;
  std::string description = {};
  std::vector<Option> options = {};
  int display_order = -1;
  bool hubspot_defined = true;
  bool read_only = false;
  bool integer = false;           ///< number without a fraction
  bool has_unique_value = false;  ///< no two records share a value
  bool external_options = false;  ///< the choices live elsewhere: owners, pipelines
  bool form_field = false;
  bool hidden = false;
  bool archived = false;
  Instant created = {};
  Instant updated = {};
};

struct PropertyGroup {
  std::string name;
  std::string label;
  int display_order = -1;
  bool archived = false;
};

/// The definitions of one object type in one account.
struct PropertyTable {
  std::map<std::string, Property, std::less<>> properties;
  std::map<std::string, PropertyGroup, std::less<>> groups;

  /// Null when there is none or it is archived.
  [[nodiscard]] const Property* find(std::string_view name) const;
};

/// What every account has from the start.
[[nodiscard]] PropertyTable standard_properties(Kind kind, Instant born);

/// The value as it is stored and answered (dates in ISO 8601, e-mail addresses in lower case), or
/// why it does not fit. An empty value clears and always fits.
[[nodiscard]] std::expected<std::string, ProblemDetail> normalise(const Property& property,
                                                                  std::string_view value);

}  // namespace wayleave::sandbox
