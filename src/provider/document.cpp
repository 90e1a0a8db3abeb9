#include "provider/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wayleave::provider {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

/// Whether the core schema of YAML 1.2 (section 10.3.2) reads a plain scalar as a float.
bool is_float(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNotANumber = {".nan", ".NaN", ".NAN"};
  if (std::ranges::find(kNotANumber, text) != kNotANumber.end()) return true;
  text = without_sign(text);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return true;
  const auto e = text.find_first_of("eE");
  if (e != std::string_view::npos && !all_digits(without_sign(text.substr(e + 1)))) return false;
  const std::string_view mantissa = text.substr(0, e);
  const auto point = mantissa.find('.');
  const std::string_view whole = mantissa.substr(0, point);
  const std::string_view part =
      point == std::string_view::npos ? std::string_view() : mantissa.substr(point + 1);
  if (whole.empty()) return all_digits(part);
  return all_digits(whole) && (part.empty() || all_digits(part));
}

bool is_based_integer(std::string_view text) {
  const auto only = [&](std::string_view digits) {
    return text.size() > 2 && text.substr(2).find_first_not_of(digits) == std::string_view::npos;
  };
  return (text.starts_with("0o") && only("01234567")) ||
         (text.starts_with("0x") && only("0123456789abcdefABCDEF"));
}

bool is_truth(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTruths = {
      "true", "True", "TRUE", "false", "False", "FALSE"};
  return std::ranges::find(kTruths, text) != kTruths.end();
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, const Node& node) {
  switch (node.kind) {
    case Node::Kind::Null:
      out += "null";
      return;
    case Node::Kind::Scalar:
      if (node.is_boolean() || node.is_integer()) {
        out += node.text;
      } else {
        append_json(out, node.text);
      }
      return;
    case Node::Kind::List:
      out += '[';
      for (const Node& item : node.items) {
        if (&item != &node.items.front()) out += ',';
        append_json(out, item);
      }
      out += ']';
      return;
    case Node::Kind::Map:
      out += '{';
      for (const auto& member : node.members) {
        if (&member != &node.members.front()) out += ',';
        append_json(out, member.first);
        out += ':';
        append_json(out, member.second);
      }
      out += '}';
      return;
  }
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto at = std::ranges::find(members, key, &std::pair<std::string, Node>::first);
  return at == members.end() ? nullptr : &at->second;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

bool Node::is_text() const {
  if (kind != Kind::Scalar) return false;
  return quoted || (!is_truth(text) && !is_float(text) && !is_based_integer(text));
}

bool Node::is_boolean() const {
  return kind == Kind::Scalar && !quoted && (text == "true" || text == "false");
}

bool Node::is_integer() const {
  if (kind != Kind::Scalar || quoted) return false;
  const std::string_view digits = text.starts_with('-') ? std::string_view(text).substr(1) : text;
  return all_digits(digits) && digits.size() <= 15 && (digits == "0" || !digits.starts_with('0'));
}

std::string Node::where() const { return fmt::format("{}:{}", file ? *file : "?", line); }

Node merge(Node parent, Node child, const std::vector<std::string_view>& whole) {
  if (parent.kind != Node::Kind::Map || child.kind != Node::Kind::Map) return child;
  for (auto& [key, value] : child.members) {
    Node* inherited = parent.find(key);
    if (inherited == nullptr) {
      parent.members.emplace_back(key, std::move(value));
    } else if (std::ranges::find(whole, key) != whole.end()) {
      *inherited = std::move(value);
    } else {
      *inherited = merge(std::move(*inherited), std::move(value));
    }
  }
  parent.line = child.line;
  parent.file = child.file;
  return parent;
}

void for_each_text(Node& node, const std::function<void(Node&)>& change) {
  if (node.kind == Node::Kind::Scalar) change(node);
  for (Node& item : node.items) for_each_text(item, change);
  for (auto& [key, value] : node.members) for_each_text(value, change);
}

std::string to_json(const Node& node) {
  std::string out;
  append_json(out, node);
  return out;
}

}  // namespace wayleave::provider
