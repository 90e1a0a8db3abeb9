#include "sandbox/records.hpp"

#include "base/text.hpp"
#include "sandbox/limits.hpp"

namespace wayleave::sandbox {

std::string Record::value(std::string_view property) const {
  if (property == "hs_object_id") return std::to_string(id);
  if (property == "createdate") return to_rfc3339(created);
  if (property == object_type(kind).modified) return to_rfc3339(updated);
  const auto at = values.find(property);
  return at == values.end() || at->second.empty() ? std::string() : at->second.back().value;
}

std::vector<Version> Record::history(std::string_view property) const {
  const auto at = values.find(property);
  if (at != values.end()) return {at->second.rbegin(), at->second.rend()};
  const std::string now = value(property);
  if (now.empty()) return {};
  return {{now, property == "createdate" ? created : updated, {"CALCULATED", ""}}};
}

Record* Records::find(std::uint64_t id) {
  if (const auto merged = merged_into_.find(id); merged != merged_into_.end()) {
    return find(merged->second);
  }
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : &at->second;
}

Record* Records::live(std::uint64_t id) {
  Record* record = find(id);
  return record == nullptr || record->archived ? nullptr : record;
}

Record* Records::holder(std::string_view property, std::string_view value) {
  const auto index = unique_.find(property);
  if (index == unique_.end()) return nullptr;
  const auto at = index->second.find(to_lower(value));
  return at == index->second.end() ? nullptr : live(at->second);
}

Record& Records::insert(std::uint64_t id, Instant now) {
  Record record;
  record.kind = kind_;
  record.id = id;
  record.created = now;
  record.updated = now;
  return by_id_.insert_or_assign(id, std::move(record)).first->second;
}

void Records::set(Record& record, std::string_view property, Version version, bool unique) {
  auto& versions = record.values[std::string(property)];
  const std::string before = versions.empty() ? "" : versions.back().value;
  if (before == version.value) return;
  if (unique) {
    auto& index = unique_[std::string(property)];
    index.erase(to_lower(before));
    if (!version.value.empty()) index[to_lower(version.value)] = record.id;
  }
  versions.push_back(std::move(version));
  if (versions.size() > kVersionsMax) versions.erase(versions.begin());
}

void Records::forget_values(const Record& record) {
  for (auto& [property, index] : unique_) {
    const auto at = index.find(to_lower(record.value(property)));
    if (at != index.end() && at->second == record.id) index.erase(at);
  }
}

void Records::archive(Record& record, Instant now) {
  if (record.archived) return;
  forget_values(record);
  record.archived = now;
  record.updated = now;
}

void Records::erase(std::uint64_t id) {
  const auto at = by_id_.find(id);
  if (at == by_id_.end()) return;
  forget_values(at->second);
  by_id_.erase(at);
}

void Records::absorb(Record& winner, std::uint64_t loser) {
  erase(loser);
  merged_into_[loser] = winner.id;
}

}  // namespace wayleave::sandbox
