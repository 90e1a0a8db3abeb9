#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/clock.hpp"
#include "sandbox/crm.hpp"
#include "sandbox/problem.hpp"

/// CRM search: what is asked (checked), and which records fit.
namespace wayleave::sandbox {

enum class Operator {
  Eq,
  Neq,
  Lt,
  Lte,
  Gt,
  Gte,
  Between,
  In,
  NotIn,
  HasProperty,
  NotHasProperty,
  ContainsToken,
  NotContainsToken,
};

struct Filter {
  std::string property;
  std::optional<Kind> association;  ///< of the pseudo property `associations.{type}`
  Operator op = Operator::Eq;
  std::vector<std::string> operands;  ///< value, value and highValue, or values
};
using FilterGroup = std::vector<Filter>;  // all must hold

struct SearchQuery {
  std::vector<FilterGroup> groups;  ///< one must hold
  std::string words;                ///< every word starts a word of a searchable property
  std::string sort_by = "createdate";
  bool descending = false;
  std::vector<std::string> properties;
  std::size_t after = 0;
  std::size_t limit = 10;
};

inline constexpr std::size_t kSearchPageMax = 200;
inline constexpr std::size_t kSearchReach = 10'000;  ///< results one query can page through
inline constexpr std::size_t kSearchBodyMax = 3'000;
inline constexpr std::size_t kFilterGroupsMax = 5;
inline constexpr std::size_t kFiltersPerGroupMax = 6;
inline constexpr std::size_t kFiltersMax = 18;

[[nodiscard]] Outcome<SearchQuery> read_search(const Crm& crm,
                                               Kind kind,
                                               const boost::json::object& body);

/// Every live record that fits and was not changed after `visible_until`, sorted.
[[nodiscard]] std::vector<const Record*> find_records(const Crm& crm,
                                                      Kind kind,
                                                      const SearchQuery& query,
                                                      Instant visible_until);

}  // namespace wayleave::sandbox
