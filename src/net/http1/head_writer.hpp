#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/append.hpp"
#include "net/http1/head.hpp"

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
  /// Those fields of a parsed head that `passes(field)` lets through. They were judged when they
  /// were read; lines that stand as they would be written are copied in runs.
  template <class Passes>
  void fields(const Head& head, Passes passes);
  /// Lines that another writer has written: judged once, sent many times.
  void written(std::string_view lines);
  void end();
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  [[nodiscard]] bool allow(bool good);

  std::string& out_;
  bool ok_ = true;
};

/// `name: value CRLF` without a judgement, for names and values of ours.
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_field(std::string& out, std::string_view name, std::uint64_t value);

/// True when a parsed field stands in its head as `name: value CRLF`, as a writer would write it.
[[nodiscard]] inline bool stands_as_written(const FieldView& field) {
  const char* colon = field.name.data() + field.name.size();
  const char* value = field.value.data();
  return value == colon + 2 && colon[1] == ' ' && value[field.value.size()] == '\r';
}

template <class Passes>
void HeadWriter::fields(const Head& head, Passes passes) {
  if (!ok_) return;
  std::string_view run;
  for (const FieldView& field : head) {
    if (!passes(field)) continue;
    const char* line = field.name.data();
    if (!stands_as_written(field)) {
      append(out_, run, field.name, ": ", field.value, "\r\n");
      run = {};
      continue;
    }
    if (line != run.data() + run.size()) {
      out_.append(run);
      run = {line, 0};
    }
    run = {run.data(),
           static_cast<std::size_t>(field.value.data() + field.value.size() + 2 - run.data())};
  }
  out_.append(run);
}

}  // namespace wayleave::net::http1
