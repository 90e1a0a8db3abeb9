#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wayleave::net {

/// HTTP fields in arrival order; names compare without case.
class Fields {
 public:
  using Field = std::pair<std::string, std::string>;
  Fields() = default;
  Fields(std::initializer_list<Field> fields) : fields_(fields) {}

  /// The first value of that name.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  void add(std::string name, std::string value);
  /// Replaces every field of that name by one.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }

 private:
  std::vector<Field> fields_;
};

/// Takes a request body on the worker as it arrives, instead of collecting it. Must not block.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void write(std::string_view bytes) = 0;
};

/// Gives a response body on the worker as the client takes it. Must not block.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// Writes up to `out.size()` bytes and returns how many; 0 ends the body.
  virtual std::size_t read(std::span<char> out) = 0;
};

/// A whole request as slow handlers see it: parsed, bounded, body collected.
struct Request {
  std::string method;  ///< as sent; methods are case-sensitive
  std::string target;  ///< origin-form as sent: path and query
  std::string path;    ///< the part before '?', still percent-encoded
  std::string query;   ///< the part after '?', still encoded; empty when there is none
  Fields fields;
  std::string body;                     ///< empty when a sink took it
  std::unique_ptr<BodySink> body_sink;  ///< the sink that took the body, handed back
  std::uint64_t body_bytes = 0;
  std::string peer;                 ///< address of the TCP peer, without port
  std::string request_id;           ///< `req_…`, unique; also answered as `Wayleave-Request-Id`
  std::vector<std::string> params;  ///< what the route's placeholders matched, percent-decoded

  /// The query parameter's value, decoded; nullopt when absent or twice.
  [[nodiscard]] std::optional<std::string> query_param(std::string_view name) const;
  /// How often the query has that parameter; duplicates of dangerous ones are refused (OA-13).
  [[nodiscard]] std::size_t query_count(std::string_view name) const;
};

/// A whole answer. Content-Length or chunked framing, Date and connection handling are added by
/// the worker; a handler must not set them.
struct Response {
  int status = 200;
  Fields fields;
  std::string body;
  std::unique_ptr<BodySource> stream;         ///< instead of `body`
  std::optional<std::uint64_t> stream_bytes;  ///< its length, if known; else chunked
  /// For simulators: the connection is cut after this many bytes of head and body (0: no answer).
  std::optional<std::uint64_t> cut_after;
};

[[nodiscard]] Response text_response(int status, std::string text);
[[nodiscard]] Response json_response(int status, std::string json);
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace wayleave::net
