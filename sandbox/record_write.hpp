#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "sandbox/call.hpp"
#include "sandbox/crm.hpp"

/// Changes to records, with HubSpot's validation. Nothing is changed when a Problem comes back.
namespace wayleave::sandbox {

using Values = std::map<std::string, std::string, std::less<>>;

/// A link to make together with a new record.
struct NewLink {
  Node to;
  const AssociationType* type = nullptr;
};

/// The `properties` of a body as values ready to store. Every wrong one is listed.
[[nodiscard]] Outcome<Values> read_values(const Crm& crm,
                                          Kind kind,
                                          const boost::json::object& input);
/// The `associations` of a create: the other records must exist.
[[nodiscard]] Outcome<std::vector<NewLink>> read_links(Crm& crm,
                                                       Kind kind,
                                                       const boost::json::object& input);

/// What a write needs to know about its surroundings.
struct Writer {
  Crm& crm;
  Instant now;
  Source source;
};

/// Whether the write would be accepted now.
[[nodiscard]] Outcome<void> may_create(Crm& crm, Kind kind, const Values& values);
[[nodiscard]] Outcome<void> may_update(Crm& crm, const Record& record, const Values& values);

[[nodiscard]] Outcome<Record*> create_record(const Writer& writer,
                                             Kind kind,
                                             Values values,
                                             const std::vector<NewLink>& links);
[[nodiscard]] Outcome<void> update_record(const Writer& writer,
                                          Record& record,
                                          const Values& values);
void archive_record(const Writer& writer, Record& record);
/// Moves what only the second has into the first; the second's id then means the first.
[[nodiscard]] Outcome<Record*> merge_records(const Writer& writer,
                                             Record& primary,
                                             std::uint64_t other);

/// The writer of a call: source is the app.
[[nodiscard]] Writer writer_of(Call& call);

}  // namespace wayleave::sandbox
