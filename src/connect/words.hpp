#pragma once

#include <map>
#include <string>
#include <string_view>

#include "connect/language.hpp"

namespace wayleave::connect {

/// What an app says instead of our words: language tag, then key, then text.
using TextOverrides = std::map<std::string, std::map<std::string, std::string>>;

/// The words of one page: a language, an app's own texts before it, and what stands for the
/// placeholders. Both referred to must outlive it.
class Words {
 public:
  Words(const Language& language, const TextOverrides& overrides)
      : language_(language), overrides_(overrides) {}

  void set(std::string_view placeholder, std::string_view value) {
    values_.insert_or_assign(std::string(placeholder), std::string(value));
  }
  [[nodiscard]] const Language& language() const { return language_; }

  /// The text with its placeholders filled in; a key that no language has stands for itself.
  [[nodiscard]] std::string plain(std::string_view key) const;
  /// The same, safe as HTML. A value that might be written in the other direction is isolated
  /// (`<bdi>`), so that it cannot turn the sentence around it.
  [[nodiscard]] std::string html(std::string_view key) const;

 private:
  [[nodiscard]] std::string_view find(std::string_view key) const;
  template <class Write>
  [[nodiscard]] std::string fill(std::string_view text, Write write) const;

  const Language& language_;
  const TextOverrides& overrides_;
  std::map<std::string, std::string, std::less<>> values_;
};

/// A value standing inside a sentence, as HTML.
[[nodiscard]] std::string isolated(std::string_view value, const Language& language);

}  // namespace wayleave::connect
