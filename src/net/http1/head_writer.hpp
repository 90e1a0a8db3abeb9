#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wayleave::net::http1 {

/// Writes a head into a buffer that the caller owns and reuses. A name, value, target or reason
/// that could start another line poisons the whole head instead of being written (HT-17): check
/// `ok()` before sending. Framing fields are the worker's to write, never the dispatcher's.
class HeadWriter {
 public:
  explicit HeadWriter(std::string& out) : out_(out) { out_.clear(); }

  void request_line(std::string_view method, std::string_view target);
  void status_line(int status, std::string_view reason);
  void field(std::string_view name, std::string_view value);
  void field(std::string_view name, std::uint64_t value);
  /// A field whose value is two pieces, for example "Bearer " and a token.
  void field(std::string_view name, std::string_view prefix, std::string_view value);
  void end();
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  [[nodiscard]] bool allow(bool good);

  std::string& out_;
  bool ok_ = true;
};

}  // namespace wayleave::net::http1
