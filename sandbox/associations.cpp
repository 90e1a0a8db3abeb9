#include "sandbox/associations.hpp"

#include <algorithm>

#include "sandbox/limits.hpp"

namespace wayleave::sandbox {
namespace {

struct Pair {
  int id, inverse;
  Kind from, to;
  bool primary;
};

// HubSpot's own types; each line stands for both directions.
constexpr Pair kPairs[] = {
    {1, 2, Kind::Contact, Kind::Company, true},
    {279, 280, Kind::Contact, Kind::Company, false},
    {4, 3, Kind::Contact, Kind::Deal, false},
    {15, 16, Kind::Contact, Kind::Ticket, false},
    {6, 5, Kind::Company, Kind::Deal, true},
    {342, 341, Kind::Company, Kind::Deal, false},
    {25, 26, Kind::Company, Kind::Ticket, true},
    {340, 339, Kind::Company, Kind::Ticket, false},
    {27, 28, Kind::Deal, Kind::Ticket, false},
    {449, 449, Kind::Contact, Kind::Contact, false},
    {450, 450, Kind::Company, Kind::Company, false},
    {451, 451, Kind::Deal, Kind::Deal, false},
    {452, 452, Kind::Ticket, Kind::Ticket, false},
};

AssociationType make_type(int id, int inverse, Kind from, Kind to, bool primary) {
  AssociationType type;
  type.id = id;
  type.inverse = inverse;
  type.from = from;
  type.to = to;
  type.primary = primary;
  if (primary) type.label = "Primary";
  type.name =
      std::string(object_type(from).singular) + "_to_" + std::string(object_type(to).singular);
  // HubSpot gave the plain name to the primary link where there is one.
  const bool has_primary = std::ranges::any_of(kPairs, [&](const Pair& pair) {
    return pair.primary &&
           ((pair.from == from && pair.to == to) || (pair.from == to && pair.to == from));
  });
  if (has_primary && !primary) type.name += "_unlabeled";
  return type;
}

}  // namespace

Associations::Associations() {
  for (const Pair& pair : kPairs) {
    types_.push_back(make_type(pair.id, pair.inverse, pair.from, pair.to, pair.primary));
    if (pair.id == pair.inverse) continue;
    types_.push_back(make_type(pair.inverse, pair.id, pair.to, pair.from, pair.primary));
  }
}

const AssociationType* Associations::find(Kind from,
                                          Kind to,
                                          std::string_view category,
                                          int type_id) const {
  const auto at = std::ranges::find_if(types_, [&](const AssociationType& type) {
    return type.from == from && type.to == to && type.id == type_id && type.category == category;
  });
  return at == types_.end() ? nullptr : &*at;
}

const AssociationType* Associations::find_from(Kind from, int type_id) const {
  const auto at = std::ranges::find_if(
      types_, [&](const AssociationType& type) { return type.from == from && type.id == type_id; });
  return at == types_.end() ? nullptr : &*at;
}

const AssociationType& Associations::plain(Kind from, Kind to) const {
  return *std::ranges::find_if(types_, [&](const AssociationType& type) {
    return type.from == from && type.to == to && type.label.empty();
  });
}

std::vector<const AssociationType*> Associations::between(Kind from, Kind to) const {
  std::vector<const AssociationType*> out;
  for (const AssociationType& type : types_) {
    if (type.from == from && type.to == to) out.push_back(&type);
  }
  return out;
}

const AssociationType& Associations::define(Kind from,
                                            Kind to,
                                            std::string label,
                                            std::string name) {
  AssociationType forward;
  forward.id = next_label_++;
  forward.from = from;
  forward.to = to;
  forward.label = std::move(label);
  forward.name = std::move(name);
  forward.category = "USER_DEFINED";
  forward.inverse = forward.id;
  if (from != to) {
    AssociationType back = forward;
    back.id = next_label_++;
    std::swap(back.from, back.to);
    forward.inverse = back.id;
    types_.push_back(std::move(back));
  }
  types_.push_back(std::move(forward));
  return types_.back();
}

void Associations::drop_primary(const Node& from, Kind to) {
  for (const AssociationType* type : between(from.kind, to)) {
    if (!type->primary) continue;
    const Links held = links(from, to);
    for (const auto& [id, ids] : held) {
      if (ids.contains(type->id)) remove_type(from, {to, id}, type->id);
      if (ids.contains(type->id)) remove_type({to, id}, from, type->inverse);
    }
  }
}

bool Associations::link(const Node& from, const Node& to, const AssociationType& type) {
  Links& there = links_[{from, to.kind}];
  Links& back = links_[{to, from.kind}];
  if ((!there.contains(to.id) && there.size() >= kAssociationsMax) ||
      (!back.contains(from.id) && back.size() >= kAssociationsMax)) {
    return false;
  }
  if (type.primary) {
    // A contact, deal or ticket has one primary company; a company may be primary for many.
    const bool from_company = from.kind == Kind::Company;
    drop_primary(from_company ? to : from, from_company ? from.kind : to.kind);
  }
  for (const AssociationType* each : {&type, &plain(from.kind, to.kind)}) {
    links_[{from, to.kind}][to.id].insert(each->id);
    links_[{to, from.kind}][from.id].insert(each->inverse);
  }
  return true;
}

void Associations::unlink(const Node& from, const Node& to) {
  const auto cut = [&](const Node& a, const Node& b) {
    const auto at = links_.find({a, b.kind});
    if (at == links_.end()) return;
    at->second.erase(b.id);
    if (at->second.empty()) links_.erase(at);
  };
  cut(from, to);
  cut(to, from);
}

void Associations::remove_type(const Node& from, const Node& to, int type_id) {
  const auto at = links_.find({from, to.kind});
  if (at == links_.end()) return;
  const auto ids = at->second.find(to.id);
  if (ids == at->second.end()) return;
  ids->second.erase(type_id);
  if (ids->second.empty()) at->second.erase(ids);
  if (at->second.empty()) links_.erase(at);
}

void Associations::unlabel(const Node& from, const Node& to, const AssociationType& type) {
  remove_type(from, to, type.id);
  remove_type(to, from, type.inverse);
}

void Associations::forget(const Node& node) {
  for (const Kind kind : kAllKinds) {
    const Links held = links(node, kind);
    for (const auto& [id, ids] : held) unlink(node, {kind, id});
  }
}

void Associations::move(const Node& loser, const Node& winner) {
  for (const Kind kind : kAllKinds) {
    const Links held = links(loser, kind);
    for (const auto& [id, ids] : held) {
      const Node other{kind, id};
      unlink(loser, other);
      if (other == winner) continue;
      const bool has_some = !links(winner, kind).empty();
      for (const int type_id : ids) {
        const AssociationType* type = find_from(winner.kind, type_id);
        // The winner keeps its own primary company.
        if (type == nullptr || type->to != kind || (type->primary && has_some)) continue;
        if (!link(winner, other, *type)) return;
      }
    }
  }
}

const Associations::Links& Associations::links(const Node& from, Kind to) const {
  static const Links kNone;
  const auto at = links_.find({from, to});
  return at == links_.end() ? kNone : at->second;
}

}  // namespace wayleave::sandbox
