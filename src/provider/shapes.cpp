#include <re2/re2.h>

#include <algorithm>

#include "provider/read.hpp"

namespace wayleave::provider {
namespace {

constexpr std::size_t kNameBytesMax = 64;

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool only(std::string_view text, std::string_view more) {
  return !text.empty() && text.size() <= kNameBytesMax && std::ranges::all_of(text, [&](char c) {
    return alphanumeric(c) || more.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool is_slug(std::string_view text) {
  return text.size() <= 63 && !text.starts_with('-') && only(text, "-") &&
         std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_member_name(std::string_view text) { return only(text, "_.-"); }

bool is_field_name(std::string_view text) { return only(text, "!#$%&'*+-.^_`|~"); }

bool compiles(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  return pattern.size() <= 512 && RE2(pattern, options).ok();
}

}  // namespace wayleave::provider
