#include "gateway/fields.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/text.hpp"
#include "net/http1/word.hpp"

namespace wayleave::gateway {
namespace {

using namespace std::string_view_literals;
using net::http1::kHopByHop;

char fold(char c) { return c == '_' ? '-' : to_lower(c); }

bool starts_with(std::string_view name, std::string_view lower) {
  if (name.size() < lower.size()) return false;
  if (net::http1::same_word(name.substr(0, lower.size()), lower)) return true;
  std::size_t at = 0;
  while (at < lower.size() && fold(name[at]) == lower[at]) ++at;
  return at == lower.size();
}

/// Names and prefixes that do not pass, the hop-by-hop names among them; each begins with a letter.
/// Length and first letter decide for most fields; only the rest is compared.
template <std::size_t Names, std::size_t Prefixes>
class StopList {
 public:
  consteval StopList(std::array<std::string_view, Names> names,
                     std::array<std::string_view, Prefixes> prefixes)
      : prefixes_(prefixes) {
    const auto end = std::ranges::copy(names, names_.begin()).out;
    std::ranges::copy(kHopByHop, end);
    for (const std::string_view name : names_) names_begin_.at(name.size()) |= letter(name);
    for (const std::string_view prefix : prefixes_) prefixes_begin_ |= letter(prefix);
  }

  [[nodiscard]] bool holds(std::string_view name) const {
    if (name.empty()) return false;
    const std::uint32_t first = letter(name);
    return (name.size() <= kSizeMax && (names_begin_[name.size()] & first) != 0 && names(name)) ||
           ((prefixes_begin_ & first) != 0 && begins(name));
  }

 private:
  static constexpr std::size_t kSizeMax = 25;  // of a name
  static constexpr std::uint32_t letter(std::string_view name) {
    return std::uint32_t{1} << (static_cast<std::uint8_t>(name.front()) & 31);
  }
  [[nodiscard]] bool names(std::string_view name) const {
    return std::ranges::any_of(names_, [&](std::string_view each) {
      return each.size() == name.size() && starts_with(name, each);
    });
  }
  [[nodiscard]] bool begins(std::string_view name) const {
    return std::ranges::any_of(prefixes_,
                               [&](std::string_view prefix) { return starts_with(name, prefix); });
  }

  std::array<std::string_view, Names + kHopByHop.size()> names_;
  std::array<std::string_view, Prefixes> prefixes_;
  std::array<std::uint32_t, kSizeMax + 1> names_begin_{};  // by length: a bit for each first letter
  std::uint32_t prefixes_begin_ = 0;
};

constexpr StopList kKeptFromProvider(std::array{"authorization"sv,
                                                "cookie"sv,
                                                "cookie2"sv,
                                                "host"sv,
                                                "content-length"sv,
                                                "expect"sv,
                                                "forwarded"sv,
                                                "x-real-ip"sv,
                                                "true-client-ip"sv,
                                                "x-client-ip"sv},
                                     std::array{"wayleave-"sv, "x-forwarded-"sv, "proxy-"sv});

constexpr StopList kKeptFromCaller(std::array{"content-length"sv,
                                              "set-cookie"sv,
                                              "set-cookie2"sv,
                                              "strict-transport-security"sv,
                                              "public-key-pins"sv,
                                              "alt-svc"sv,
                                              "clear-site-data"sv},
                                   std::array{"wayleave-"sv, "access-control-"sv, "proxy-"sv});

}  // namespace

bool goes_upstream(const net::http1::Head& head, std::string_view name) {
  return !kKeptFromProvider.holds(name) && !head.named_by_connection(name);
}

bool goes_to_caller(const net::http1::Head& head, std::string_view name) {
  return !kKeptFromCaller.holds(name) && !head.named_by_connection(name);
}

}  // namespace wayleave::gateway
