#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "provider/document.hpp"
#include "provider/provider.hpp"
#include "provider/section.hpp"

namespace wayleave::provider {

/// What the parts of a file need to know of each other while it is read.
struct Reading {
  Problems& problems;
  std::string plain_origin;               ///< may be plain http: the sandbox
  std::vector<std::string> placeholders;  ///< names that templates may use
};

/// One provider from its merged document. Problems are added to `problems`; then the result is not
/// to be used. `variables` fill `{sandbox}`; when it is needed and missing the provider is
/// unusable.
[[nodiscard]] Provider read_provider(std::string slug,
                                     std::vector<std::string> ancestors,
                                     Node document,
                                     const std::map<std::string, std::string>& variables,
                                     Problems& problems);

[[nodiscard]] Auth read_auth(Section& section, const Reading& reading, bool configurable);
[[nodiscard]] Limits read_limits(Section& section);
void check_webhook(Section& section);
/// `objects` of the root, each already merged with `object_defaults`.
[[nodiscard]] std::vector<Object> read_objects(Section& root,
                                               const std::vector<Host>& hosts,
                                               const Limits& limits);
/// What the console shows and asks: scopes, fields, steps.
void read_questions(Section& root, const Reading& reading, Provider& provider);

/// Merges `object_defaults` into each of `objects` and fills in `{object}`.
void spread_object_defaults(Node& root);

/// Complains unless the template under `key` uses only known placeholders and is a URL by the rule;
/// returns it.
[[nodiscard]] std::string read_url(
    Section& section, std::string_view key, const Reading& reading, bool query, bool base);
/// The template with every placeholder replaced by a harmless value, to judge its shape.
[[nodiscard]] std::string sample(std::string_view text);

/// Shared shapes of names.
[[nodiscard]] bool is_slug(std::string_view text);         ///< a-z, 0-9, '-', up to 63
[[nodiscard]] bool is_member_name(std::string_view text);  ///< letters, digits, "_.-", up to 64
[[nodiscard]] bool is_field_name(std::string_view text);   ///< an HTTP field name, up to 64
[[nodiscard]] bool compiles(const std::string& pattern);   ///< as RE2

}  // namespace wayleave::provider
