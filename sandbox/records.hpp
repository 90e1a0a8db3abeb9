#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/object_types.hpp"

namespace wayleave::sandbox {

/// Who wrote a value, as `propertiesWithHistory` tells it.
struct Source {
  std::string type;  ///< INTEGRATION, IMPORT, FORM
  std::string id;
};

struct Version {
  std::string value;  ///< empty: cleared
  Instant at;
  Source source;
};

/// One CRM record with the history of its values.
struct Record {
  Kind kind = Kind::Contact;
  std::uint64_t id = 0;
  Instant created;
  Instant updated;
  std::optional<Instant> archived;
  std::map<std::string, std::vector<Version>, std::less<>> values;  ///< newest version last

  /// The current value, empty when unset. Knows the id and the dates of creation and change, which
  /// are not stored as values.
  [[nodiscard]] std::string value(std::string_view property) const;
  /// Newest first.
  [[nodiscard]] std::vector<Version> history(std::string_view property) const;
};

/// The records of one type in one account, by id, with an index of unique values.
class Records {
 public:
  explicit Records(Kind kind) : kind_(kind) {}

  /// Null when there was never such a record. A merged record's id finds what it became.
  [[nodiscard]] Record* find(std::uint64_t id);
  /// The same, but only records that are not archived.
  [[nodiscard]] Record* live(std::uint64_t id);
  /// The live record whose unique property has that value.
  [[nodiscard]] Record* holder(std::string_view property, std::string_view value);

  Record& insert(std::uint64_t id, Instant now);
  /// Appends a version unless the value is the same. `unique` says whether to index it.
  void set(Record& record, std::string_view property, Version version, bool unique);
  void archive(Record& record, Instant now);
  /// As if it had never been.
  void erase(std::uint64_t id);
  /// Makes the id of `loser` an alias of `winner`'s; the loser's record is gone.
  void absorb(Record& winner, std::uint64_t loser);

  [[nodiscard]] const std::map<std::uint64_t, Record>& all() const { return by_id_; }
  [[nodiscard]] std::size_t size() const { return by_id_.size(); }

 private:
  void forget_values(const Record& record);

  Kind kind_;
  std::map<std::uint64_t, Record> by_id_;
  std::map<std::uint64_t, std::uint64_t> merged_into_;
  std::map<std::string, std::unordered_map<std::string, std::uint64_t>, std::less<>> unique_;
};

}  // namespace wayleave::sandbox
