#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wayleave::provider {

/// A parsed YAML document as a plain tree. Each node knows the file and line it came from, also
/// after two documents were merged. A value: copies are independent but for the file's name.
struct Node {
  enum class Kind { Null, Scalar, List, Map };
  Kind kind = Kind::Null;
  std::string text;     ///< of a scalar
  bool quoted = false;  ///< a scalar in quotes or as a block is text whatever it looks like
  std::vector<Node> items = {};
  std::vector<std::pair<std::string, Node>> members = {};  ///< in order, each key once
  int line = 0;                                            ///< from 1
  std::shared_ptr<const std::string> file = {};            ///< shared by all nodes of one file

  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
  /// A scalar that YAML 1.2 (core schema) reads as a string.
  [[nodiscard]] bool is_text() const;
  [[nodiscard]] bool is_boolean() const;
  /// A decimal integer without leading zeros.
  [[nodiscard]] bool is_integer() const;
  /// `hubspot.yaml:12`
  [[nodiscard]] std::string where() const;
};

/// `child` over `parent`: maps are merged key by key, everything else is replaced. The keys in
/// `whole` (top level) are replaced as a whole although they are maps.
[[nodiscard]] Node merge(Node parent, Node child, const std::vector<std::string_view>& whole = {});

/// Calls `change` with every scalar's text, keys excepted.
void for_each_text(Node& node, const std::function<void(Node&)>& change);

/// Compact JSON; numbers and booleans as such.
[[nodiscard]] std::string to_json(const Node& node);

/// Parses one YAML document, strictly: UTF-8, at most 1 MiB and 32 levels, no duplicate keys, no
/// anchors, aliases or tags. On failure `fault` says where and why.
[[nodiscard]] bool parse_yaml(std::string_view name,
                              std::string_view text,
                              Node& root,
                              std::string& fault);

}  // namespace wayleave::provider
