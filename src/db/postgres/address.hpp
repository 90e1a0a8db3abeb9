#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace wayleave::db::postgres {

/// Where a PostgreSQL server is and how to log in: a `postgres://` URL as libpq reads it. It may
/// hold a password, so it is never shown; `place` and `database` may be.
class Address {
 public:
  /// Errors name no part of the URL: a misplaced character can make any of it a password.
  [[nodiscard]] static Result<Address> parse(const std::string& url);

  /// `host:port`, or the folder of the socket; several are listed.
  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] const std::string& database() const { return database_; }
  /// Ends in a NUL, for libpq.
  [[nodiscard]] const SecretString& url() const { return url_; }
  /// The bytes between this process and the server stay on this machine.
  [[nodiscard]] bool local() const { return local_; }

 private:
  SecretString url_;
  std::string place_;
  std::string database_;
  bool local_ = false;
};

}  // namespace wayleave::db::postgres
