#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/object_types.hpp"

namespace wayleave::sandbox {

struct Node {
  Kind kind = Kind::Contact;
  std::uint64_t id = 0;
  friend auto operator<=>(const Node&, const Node&) = default;
};

/// One direction of a kind of link between two object types.
struct AssociationType {
  int id = 0;
  Kind from = Kind::Contact;
  Kind to = Kind::Contact;
  int inverse = 0;  ///< the type id seen from the other side
  bool primary = false;
  std::string label = {};  ///< empty: unlabeled
  std::string name = {};
  std::string category = "HUBSPOT_DEFINED";
};

/// The links between an account's records; every link is kept in both directions.
class Associations {
 public:
  Associations();

  [[nodiscard]] const AssociationType* find(Kind from,
                                            Kind to,
                                            std::string_view category,
                                            int type_id) const;
  /// The type of that id that starts at `from`, whatever it leads to.
  [[nodiscard]] const AssociationType* find_from(Kind from, int type_id) const;
  /// The unlabeled type between the two; never null.
  [[nodiscard]] const AssociationType& plain(Kind from, Kind to) const;
  [[nodiscard]] std::vector<const AssociationType*> between(Kind from, Kind to) const;
  /// A label of the account's own, usable in both directions; the type seen from `from`.
  const AssociationType& define(Kind from, Kind to, std::string label, std::string name);

  /// Links the two by the type (and the unlabeled one). A primary link replaces the one before.
  /// False when the record has kAssociationsMax links to that object type already.
  [[nodiscard]] bool link(const Node& from, const Node& to, const AssociationType& type);
  void unlink(const Node& from, const Node& to);
  /// Takes that label away; the link goes with its last one.
  void unlabel(const Node& from, const Node& to, const AssociationType& type);
  /// Takes every link of the record away.
  void forget(const Node& node);
  /// Gives every link of `loser` to `winner`.
  void move(const Node& loser, const Node& winner);

  using Links = std::map<std::uint64_t, std::set<int>>;  ///< other record: type ids
  [[nodiscard]] const Links& links(const Node& from, Kind to) const;

 private:
  struct Key {
    Node from;
    Kind to;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  void drop_primary(const Node& from, Kind to);
  void remove_type(const Node& from, const Node& to, int type_id);

  std::vector<AssociationType> types_;
  std::map<Key, Links> links_;
  int next_label_ = 1'001;  ///< above HubSpot's own, since links are kept by type id alone
};

}  // namespace wayleave::sandbox
