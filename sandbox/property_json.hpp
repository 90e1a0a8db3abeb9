#pragma once

#include <boost/json/fwd.hpp>

#include "sandbox/property.hpp"

namespace wayleave::sandbox {

[[nodiscard]] boost::json::object show_property(const Property& property);
/// A definition as a caller describes it. For a change, `base` is what it is now.
[[nodiscard]] Outcome<Property> read_property(const boost::json::object& input,
                                              const PropertyTable& table,
                                              const Property* base);
/// Stores a new definition; 409 when the name is taken.
[[nodiscard]] Outcome<const Property*> add_property(PropertyTable& table,
                                                    Property property,
                                                    Instant now);
/// Archives the account's own definitions; HubSpot's stay.
[[nodiscard]] Outcome<void> remove_property(PropertyTable& table,
                                            std::string_view name,
                                            Instant now);

}  // namespace wayleave::sandbox
