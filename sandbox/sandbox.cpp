#include "sandbox/sandbox.hpp"

#include <charconv>

#include "base/text.hpp"
#include "sandbox/front_door.hpp"

namespace wayleave::sandbox {
namespace {

constexpr int kRequestsMax = 1'000'000;
constexpr int kWindowMax = 3'600;  // seconds

std::optional<int> parse_count(std::string_view text, int max) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && number >= 0 && number <= max ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<RateLimit> parse_rate_limit(std::string_view text) {
  const auto slash = text.find('/');
  const auto requests = parse_count(text.substr(0, slash), kRequestsMax);
  if (!requests) return std::nullopt;
  RateLimit limit{*requests, std::chrono::seconds{10}};
  if (slash == std::string_view::npos) return limit;
  std::string_view window = text.substr(slash + 1);
  if (!window.ends_with('s')) return std::nullopt;
  window.remove_suffix(1);
  const auto seconds = window.empty() ? std::optional(1) : parse_count(window, kWindowMax);
  if (!seconds || *seconds == 0) return std::nullopt;
  limit.window = std::chrono::seconds{*seconds};
  return limit;
}

Sandbox::Sandbox(const Options& options, const Clock& clock, Random& random)
    : router_(std::make_shared<FrontDoor>(options, clock, random)->router()) {}

Sandbox::~Sandbox() = default;
Sandbox::Sandbox(Sandbox&&) noexcept = default;
Sandbox& Sandbox::operator=(Sandbox&&) noexcept = default;

std::shared_ptr<const net::Router> Sandbox::router() const { return router_; }

}  // namespace wayleave::sandbox
