#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include <boost/json/fwd.hpp>

#include "sandbox/crm.hpp"
#include "sandbox/problem.hpp"

/// Associations v4 as JSON, shared by the single and the batch calls.
namespace wayleave::sandbox {

using TypeList = std::vector<const AssociationType*>;

/// `[{associationCategory, associationTypeId}]`: known types between the two, at least one.
[[nodiscard]] Outcome<TypeList> read_types(const Associations& associations,
                                           Kind from,
                                           Kind to,
                                           const boost::json::value& input);
/// `{toObjectId, associationTypes[]}`
[[nodiscard]] boost::json::object show_link(const Associations& associations,
                                            Kind from,
                                            std::uint64_t to,
                                            const std::set<int>& type_ids);
/// `{from, to, associationSpec}` of the unlabeled link.
[[nodiscard]] boost::json::object show_default_pair(const Associations& associations,
                                                    const Node& from,
                                                    const Node& to);
/// Makes the unlabeled link; the first company of a record becomes its primary one.
[[nodiscard]] Outcome<void> link_default(Crm& crm, const Node& from, const Node& to);
/// Makes the links and tells their labels.
[[nodiscard]] Outcome<boost::json::object> link_labeled(Crm& crm,
                                                        const Node& from,
                                                        const Node& to,
                                                        const TypeList& types);

}  // namespace wayleave::sandbox
