#include <algorithm>

#include "provider/read.hpp"

namespace wayleave::provider {

Limits read_limits(Section& section) {
  Limits limits;
  limits.headers = section.texts("headers");
  if (!std::ranges::all_of(limits.headers, is_field_name)) {
    section.complain("headers", "must hold names of HTTP fields");
  }
  section.each("windows", [&](Section& inner) {
    Limits::Window window;
    window.name = inner.required_text("name");
    const auto requests = inner.integer("requests", 1, 1'000'000'000);
    if (!inner.has("requests")) inner.complain("requests", "is missing");
    window.requests = static_cast<int>(requests.value_or(1));
    window.per = inner.duration("per").value_or(std::chrono::seconds{0});
    if (window.per.count() < 1) inner.complain("per", "must be at least one second");
    window.per_account = inner.one_of("counts", {"account", "app"}).value_or(0) == 0;
    window.path_suffix = inner.text("path_suffix");
    if (std::ranges::find(limits.windows, window.name, &Limits::Window::name) !=
        limits.windows.end()) {
      inner.complain("name", "stands twice");
    }
    limits.windows.push_back(std::move(window));
  });
  section.each("rate_limited", [&](Section& inner) {
    Limits::RateLimited answer;
    answer.status = static_cast<int>(inner.integer("status", 200, 599).value_or(429));
    if (!inner.has("status")) inner.complain("status", "is missing");
    answer.field = inner.text("field");
    answer.value = inner.text("value");
    if (answer.field.empty() != answer.value.empty()) {
      inner.complain("field", "and value belong together");
    }
    answer.wait = inner.duration("wait");
    limits.rate_limited.push_back(std::move(answer));
  });
  return limits;
}

}  // namespace wayleave::provider
