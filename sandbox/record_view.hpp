#pragma once

#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "sandbox/call.hpp"
#include "sandbox/crm.hpp"

namespace wayleave::sandbox {

/// How a caller wants records shown.
struct RecordView {
  std::vector<std::string> properties = {};  ///< empty: the type's usual ones
  std::vector<std::string> history = {};
  std::vector<Kind> associations = {};
  bool with_url = false;  ///< dated versions link to the record
};

/// `properties`, `propertiesWithHistory` and `associations` of a query.
[[nodiscard]] Outcome<RecordView> read_view(const Call& call);
[[nodiscard]] boost::json::object show_record(Crm& crm,
                                              const Record& record,
                                              const RecordView& view);
/// `{"after", "link"}` as HubSpot's `paging.next`, the call's other parameters kept.
[[nodiscard]] boost::json::object next_page(const Call& call, std::string_view after);

}  // namespace wayleave::sandbox
