#include "gateway/fields.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace wayleave::gateway {
namespace {

using namespace std::string_view_literals;

char fold(char c) {
  if (c == '_') return '-';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool starts_with(std::string_view name, std::string_view lower) {
  if (name.size() < lower.size()) return false;
  std::size_t at = 0;
  while (at < lower.size() && fold(name[at]) == lower[at]) ++at;
  return at == lower.size();
}

/// Names and prefixes that do not pass, each beginning with a letter. The first character decides
/// for most fields; the others are compared with the names of their own length only.
template <std::size_t Names, std::size_t Prefixes>
class StopList {
 public:
  consteval StopList(std::array<std::string_view, Names> names,
                     std::array<std::string_view, Prefixes> prefixes)
      : names_(names), prefixes_(prefixes) {
    std::ranges::sort(names_, {}, &std::string_view::size);
    for (std::size_t size = 0; size < first_.size(); ++size) {
      const auto shorter = [&](std::string_view name) { return name.size() < size; };
      first_[size] = static_cast<std::uint8_t>(std::ranges::count_if(names_, shorter));
    }
    const auto begin_with = [&](std::string_view name) {
      begins_[static_cast<std::uint8_t>(name.front())] = true;
      begins_[static_cast<std::uint8_t>(name.front() - 'a' + 'A')] = true;
    };
    std::ranges::for_each(names_, begin_with);
    std::ranges::for_each(prefixes_, begin_with);
  }

  [[nodiscard]] bool holds(std::string_view name) const {
    if (name.empty() || !begins_[static_cast<std::uint8_t>(name.front())]) return false;
    if (name.size() < kSizeMax) {
      for (std::size_t i = first_[name.size()]; i < first_[name.size() + 1]; ++i) {
        if (starts_with(name, names_[i])) return true;
      }
    }
    return std::ranges::any_of(prefixes_,
                               [&](std::string_view prefix) { return starts_with(name, prefix); });
  }

 private:
  static constexpr std::size_t kSizeMax = 32;
  std::array<std::string_view, Names> names_;
  std::array<std::string_view, Prefixes> prefixes_;
  std::array<std::uint8_t, kSizeMax + 1> first_{};  // of the names that long or longer
  std::array<bool, 256> begins_{};                  // whether any begins with that character
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
  return !kKeptFromProvider.holds(name) && !net::http1::is_hop_by_hop(name) &&
         !head.named_by_connection(name);
}

bool goes_to_caller(const net::http1::Head& head, std::string_view name) {
  return !kKeptFromCaller.holds(name) && !net::http1::is_hop_by_hop(name) &&
         !head.named_by_connection(name);
}

}  // namespace wayleave::gateway
