#pragma once

#include <cstddef>
#include <string_view>

namespace wayleave::gateway {

inline constexpr std::size_t kJsonDepthMax = 64;  ///< DS-07

/// Whether `text` is one JSON value by RFC 8259, in valid UTF-8, at most `kJsonDepthMax` deep.
/// Judges the grammar alone: a number may have any length, because bodies are passed on as written
/// and parsers that make values of them refuse what does not fit theirs.
[[nodiscard]] bool is_json(std::string_view text);

/// A member of an object as it stands in the text.
struct JsonMember {
  std::string_view name;   ///< without its quotes; escapes are left as they are
  std::string_view value;  ///< never empty, without blanks around it
};

/// Takes the object that `text` is apart while judging it as `is_json` does. What `next` gave is
/// good for nothing until `whole` is true. Looks at no byte again that it has passed.
class JsonObject {
 public:
  explicit JsonObject(std::string_view text);

  /// False at the object's end and at the first fault.
  [[nodiscard]] bool next(JsonMember& member);
  /// After `next` was false: the text is one valid object and nothing else.
  [[nodiscard]] bool whole() const { return state_ == State::Whole; }

 private:
  enum class State { Broken, First, Further, Whole };
  const char* at_;
  const char* end_;
  State state_ = State::Broken;
};

}  // namespace wayleave::gateway
