#include "net/worker/loop.hpp"

#include <ctime>

namespace wayleave::net {

std::string_view Loop::http_date() {
  if (now >= date_until_) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(SystemClock{}.now());
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 40> text{};
    const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    date_.assign(text.data(), size);
    date_until_ = now + std::chrono::seconds(1);
  }
  return date_;
}

}  // namespace wayleave::net
