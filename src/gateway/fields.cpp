#include "gateway/fields.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"

namespace wayleave::gateway {
namespace {

using namespace std::string_view_literals;

constexpr std::array kKeptFromProvider = {"authorization"sv,
                                          "cookie"sv,
                                          "cookie2"sv,
                                          "host"sv,
                                          "content-length"sv,
                                          "expect"sv,
                                          "forwarded"sv,
                                          "x-real-ip"sv,
                                          "true-client-ip"sv,
                                          "x-client-ip"sv};
constexpr std::array kKeptFromProviderPrefixes = {"wayleave-"sv, "x-forwarded-"sv, "proxy-"sv};

constexpr std::array kKeptFromCaller = {"content-length"sv,
                                        "set-cookie"sv,
                                        "set-cookie2"sv,
                                        "strict-transport-security"sv,
                                        "public-key-pins"sv,
                                        "alt-svc"sv,
                                        "clear-site-data"sv};
constexpr std::array kKeptFromCallerPrefixes = {"wayleave-"sv, "access-control-"sv, "proxy-"sv};

char fold(char c) {
  if (c == '_') return '-';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same(std::string_view name, std::string_view lower) {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char a, char b) {
    return fold(a) == b;
  });
}

template <std::size_t N, std::size_t M>
bool listed(std::string_view name,
            const std::array<std::string_view, N>& names,
            const std::array<std::string_view, M>& prefixes) {
  return std::any_of(
             names.begin(), names.end(), [&](std::string_view each) { return same(name, each); }) ||
         std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view each) {
           return same(name.substr(0, each.size()), each);
         });
}

}  // namespace

bool goes_upstream(const net::http1::Head& head, std::string_view name) {
  return !net::http1::is_hop_by_hop(name) && !head.named_by_connection(name) &&
         !listed(name, kKeptFromProvider, kKeptFromProviderPrefixes);
}

bool goes_to_caller(const net::http1::Head& head, std::string_view name) {
  return !net::http1::is_hop_by_hop(name) && !head.named_by_connection(name) &&
         !listed(name, kKeptFromCaller, kKeptFromCallerPrefixes);
}

}  // namespace wayleave::gateway
