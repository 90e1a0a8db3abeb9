#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <sstream>

#include "base/text.hpp"
#include "provider/document.hpp"

namespace wayleave::provider {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kDepthMax = 32;
constexpr std::size_t kNodesMax = 100'000;

/// Stops the library's parser from inside a handler; never leaves this file.
struct Refused {
  int line;
  std::string why;
};

/// Builds the tree from the parser's events. Events are used instead of YAML::Node so that aliases
/// are never expanded and duplicate keys are seen.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(Node& root, std::shared_ptr<const std::string> file)
      : root_(root), file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{line(mark), "aliases (*name) are not used here: write the value out"};
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(make(mark, Node::Kind::Null, "?", anchor));
  }
  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = make(mark, Node::Kind::Scalar, tag, anchor);
    node.text = value;
    node.quoted = tag == "!";
    if (expects_key()) return take_key(node);
    place(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(mark, Node::Kind::List, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(mark, Node::Kind::Map, tag, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    std::optional<std::string> key;  // of the member whose value comes next
  };

  static int line(const YAML::Mark& mark) { return mark.line + 1; }

  Node make(const YAML::Mark& mark,
            Node::Kind kind,
            const std::string& tag,
            YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw Refused{line(mark), "anchors (&name) are not used here"};
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Refused{line(mark), "tags (!name) are not used here"};
    }
    if (++nodes_ > kNodesMax) throw Refused{line(mark), "the file has more than 100000 values"};
    Node node;
    node.kind = kind;
    node.line = line(mark);
    node.file = file_;
    return node;
  }

  bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::Map && !open_.back().key;
  }
  void take_key(const Node& key) {
    if (open_.back().node.find(key.text) != nullptr) {
      throw Refused{key.line, fmt::format("the key '{}' stands twice", key.text)};
    }
    open_.back().key = key.text;
  }
  void open(Node node) {
    if (expects_key()) throw Refused{node.line, "a key must be plain text"};
    if (open_.size() == kDepthMax) throw Refused{node.line, "nested more than 32 levels deep"};
    open_.push_back({std::move(node), std::nullopt});
  }
  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(node));
  }
  void place(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::List) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    if (!parent.key) throw Refused{node.line, "a key must be plain text"};
    parent.node.members.emplace_back(*std::move(parent.key), std::move(node));
    parent.key.reset();
  }

  Node& root_;
  std::shared_ptr<const std::string> file_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
};

bool is_plain_text(std::string_view text) {
  return is_utf8(text) && std::ranges::all_of(text, [](char c) {
           const auto byte = static_cast<std::uint8_t>(c);
           return byte >= 0x20 || c == '\n' || c == '\r' || c == '\t';
         });
}

}  // namespace

bool parse_yaml(std::string_view name, std::string_view text, Node& root, std::string& fault) {
  const auto refuse = [&](int line, std::string_view why) {
    fault = line > 0 ? fmt::format("{}:{}: {}", name, line, why) : fmt::format("{}: {}", name, why);
    return false;
  };
  if (text.size() > kFileBytesMax) return refuse(0, "the file is larger than 1 MiB");
  if (!is_plain_text(text)) return refuse(0, "the file is not UTF-8 text");
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    TreeBuilder builder(root, std::make_shared<const std::string>(name));
    if (!parser.HandleNextDocument(builder)) return refuse(0, "the file is empty");
    Node second;
    TreeBuilder rest(second, nullptr);
    if (parser.HandleNextDocument(rest)) return refuse(0, "the file has more than one document");
  } catch (const Refused& refused) {
    return refuse(refused.line, refused.why);
  } catch (const YAML::Exception& error) {
    return refuse(error.mark.line + 1, error.msg);
  }
  return true;
}

}  // namespace wayleave::provider
