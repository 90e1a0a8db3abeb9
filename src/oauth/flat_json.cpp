#include "oauth/flat_json.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "oauth/secret_writer.hpp"

namespace wayleave::oauth {
namespace {

namespace json = boost::json;
using Error = json::error_code;
using View = json::string_view;

std::string_view view(View text) { return {text.data(), text.size()}; }

/// Receives the parser's events. Level 1 is the inside of the outermost object.
class Collector {
 public:
  static constexpr std::size_t max_object_size = FlatObject::kMembersMax;
  static constexpr std::size_t max_array_size = 100'000;
  static constexpr std::size_t max_key_size = FlatObject::kNameBytesMax;
  static constexpr std::size_t max_string_size = 1 << 20;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }

  bool on_object_begin(Error& ec) {
    if (level_ == 1) open_member(Member::Kind::Object);
    ++level_;
    keys_.emplace_back();
    return within_depth(ec);
  }
  bool on_object_end(std::size_t, Error&) {
    --level_;
    keys_.pop_back();
    return true;
  }
  bool on_array_begin(Error& ec) {
    if (level_ == 0) return refuse(ec);
    if (level_ == 1) open_member(Member::Kind::Array);
    ++level_;
    return within_depth(ec);
  }
  bool on_array_end(std::size_t, Error&) {
    --level_;
    return true;
  }

  bool on_key_part(View part, std::size_t, Error&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(View part, std::size_t, Error& ec) {
    key_.append(part.data(), part.size());
    if (!keys_.back().insert(key_).second) return refuse(ec);
    if (level_ == 1) name_ = key_;
    key_.clear();
    return true;
  }

  bool on_string_part(View part, std::size_t, Error&) { return hold(part); }
  bool on_string(View part, std::size_t, Error&) {
    hold(part);
    if (level_ == 1) return add(Member::Kind::String);
    if (level_ == 2 && member_is_array_ && members_.back().items.size() < FlatObject::kItemsMax) {
      members_.back().items.emplace_back(text_.view());
    }
    (void)text_.take();
    return true;
  }
  bool on_number_part(View part, Error&) { return hold(part); }
  bool on_int64(std::int64_t, View part, Error&) { return number(part); }
  bool on_uint64(std::uint64_t, View part, Error&) { return number(part); }
  bool on_double(double, View part, Error&) { return number(part); }
  bool on_bool(bool value, Error& ec) {
    if (level_ == 0) return refuse(ec);
    if (level_ != 1) return true;
    text_.append(value ? "true" : "false");
    return add(Member::Kind::Boolean);
  }
  bool on_null(Error&) { return level_ == 1 ? add(Member::Kind::Null) : true; }
  bool on_comment_part(View, Error&) { return true; }
  bool on_comment(View, Error&) { return true; }

  /// Meaningful after a whole document; false when it was no object.
  [[nodiscard]] bool was_object() const { return was_object_; }
  std::vector<Member> take() { return std::move(members_); }

 private:
  static bool refuse(Error& ec) {
    ec = json::error::syntax;
    return false;
  }
  bool within_depth(Error& ec) {
    was_object_ = true;
    return level_ <= FlatObject::kDepthMax || refuse(ec);
  }
  bool hold(View part) {
    text_.append(view(part));
    return true;
  }
  bool number(View part) {
    hold(part);
    if (level_ == 1) return add(Member::Kind::Number);
    (void)text_.take();
    return true;
  }
  void open_member(Member::Kind kind) {
    add(kind);
    member_is_array_ = kind == Member::Kind::Array;
  }
  bool add(Member::Kind kind) {
    members_.push_back({.name = std::exchange(name_, {}), .kind = kind, .text = text_.take()});
    return true;
  }

  std::vector<Member> members_;
  std::vector<std::set<std::string>> keys_;  // of each open object
  std::string name_;                         // of the member whose value comes next
  std::string key_;
  SecretWriter text_;
  std::size_t level_ = 0;
  bool member_is_array_ = false;  // the container open at level 2 is an array
  bool was_object_ = false;
};

}  // namespace

std::optional<FlatObject> FlatObject::parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::basic_parser<Collector> parser(options);
  Error ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  // The parser stops behind the value and the white space after it.
  if (ec || read != text.size() || !parser.handler().was_object()) return std::nullopt;
  return FlatObject(parser.handler().take());
}

std::optional<FlatObject> FlatObject::parse_form(std::string_view text) {
  auto fields = wayleave::parse_form(text);
  std::vector<Member> members;
  std::set<std::string_view> names;
  if (!fields || fields->empty() || fields->size() > kMembersMax) return std::nullopt;
  bool sound = true;
  for (auto& [name, value] : *fields) {
    sound = sound && names.insert(name).second && name.size() <= kNameBytesMax;
    members.push_back({.name = name, .kind = Member::Kind::String, .text = SecretString(value)});
    wipe(value.data(), value.size());
  }
  if (!sound) return std::nullopt;
  return FlatObject(std::move(members));
}

const Member* FlatObject::find(std::string_view name) const {
  const auto at = std::ranges::find(members_, name, &Member::name);
  return at == members_.end() ? nullptr : &*at;
}

std::optional<std::string> FlatObject::string(std::string_view name) const {
  const Member* member = find(name);
  if (member == nullptr || member->kind != Member::Kind::String) return std::nullopt;
  return member->text.expose([](std::string_view text) { return std::string(text); });
}

bool FlatObject::is_false(std::string_view name) const {
  const Member* member = find(name);
  return member != nullptr && member->kind == Member::Kind::Boolean && member->text.size() == 5;
}

}  // namespace wayleave::oauth
