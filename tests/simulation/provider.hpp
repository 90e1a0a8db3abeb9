#pragma once

#include <map>
#include <optional>

#include "base/clock.hpp"
#include "tests/simulation/scenario.hpp"

namespace wayleave::simulation {

/// The truth about one grant: which refresh token the provider takes. Tokens are numbers.
class Provider {
 public:
  Provider(Rotation rotation, Millis grace) : rotation_(rotation), grace_(grace) {}

  /// A refresh with that token: the refresh token that is good from now on; nullopt:
  /// `invalid_grant`. A second use outside of the grace time revokes the whole grant.
  std::optional<int> present(int token, Tick now) {
    if (revoked_) return std::nullopt;
    if (token == current_) {
      if (rotation_ == Rotation::None) return current_;
      spent_ = {token, now};
      return current_ = ++issued_;
    }
    if (is_repeated(token, now)) {
      return rotation_ == Rotation::Repeat ? current_ : current_ = ++issued_;
    }
    revoked_ = true;
    return std::nullopt;
  }

  /// Whether `present` would succeed.
  [[nodiscard]] bool takes(int token, Tick now) const {
    return !revoked_ && (token == current_ || is_repeated(token, now));
  }
  [[nodiscard]] int current() const { return current_; }
  [[nodiscard]] bool revoked() const { return revoked_; }

 private:
  [[nodiscard]] bool is_repeated(int token, Tick now) const {
    const bool graceful = rotation_ == Rotation::Grace || rotation_ == Rotation::Repeat;
    return graceful && token == spent_.token && now - spent_.at <= grace_;
  }

  struct Spent {
    int token = 0;
    Tick at{};
  };
  Rotation rotation_;
  Millis grace_;
  int current_ = 1;
  int issued_ = 1;
  Spent spent_;  // the last one; older ones are beyond any grace
  bool revoked_ = false;
};

}  // namespace wayleave::simulation
