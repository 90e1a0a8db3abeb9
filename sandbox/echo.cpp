#include <algorithm>
#include <boost/json.hpp>
#include <cstring>

#include "base/bytes.hpp"
#include "crypto/digest.hpp"
#include "sandbox/bearer.hpp"
#include "sandbox/control.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/rate_limits.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/world.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kBytesDefault = 1024;

class DigestSink final : public net::BodySink {
 public:
  void write(std::string_view bytes) override { digest_.update(bytes); }
  [[nodiscard]] std::string finish() { return to_hex(as_text(digest_.finish())); }

 private:
  crypto::Sha256Stream digest_;
};

/// Bytes that can be told apart by position: a repeated row of letters and digits.
class RowSource final : public net::BodySource {
 public:
  explicit RowSource(std::uint64_t bytes) : left_(bytes) {}
  std::size_t read(std::span<char> out) override {
    constexpr std::string_view kRow =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n";
    std::size_t filled = 0;
    while (filled < out.size() && left_ > 0) {
      const auto start = static_cast<std::size_t>(at_ % kRow.size());
      const auto step =
          std::min({kRow.size() - start,
                    out.size() - filled,
                    static_cast<std::size_t>(std::min<std::uint64_t>(left_, kRow.size()))});
      std::memcpy(out.data() + filled, kRow.data() + start, step);
      filled += step;
      at_ += step;
      left_ -= step;
    }
    return filled;
  }

 private:
  std::uint64_t at_ = 0;
  std::uint64_t left_;
};

/// The scheme, and enough of a digest to tell which token came without printing it.
std::string blank_authorization(std::string_view value) {
  constexpr std::size_t kDigestDigits = 16;
  const auto space = value.find(' ');
  if (space == std::string_view::npos) return "(malformed)";
  const std::string digest = to_hex(as_text(crypto::sha256(trim(value.substr(space + 1)))));
  return std::string(value.substr(0, space)) + " sha256:" + digest.substr(0, kDigestDigits);
}

/// JSON holds text only; other bytes are shown in hex.
std::string printable(std::string_view value) {
  return is_utf8(value) ? std::string(value) : "hex:" + to_hex(value);
}

std::string shown_value(std::string_view name, std::string_view value) {
  return iequals(name, "authorization") ? blank_authorization(value) : printable(value);
}

/// By lower-case name, repeated ones joined as RFC 9110 section 5.3 allows.
json::object joined_headers(const net::Fields& fields) {
  json::object out;
  for (const auto& [name, value] : fields) {
    const std::string shown = shown_value(name, value);
    const auto [at, is_new] = out.emplace(to_lower(name), shown);
    if (!is_new) at->value().get_string().append(", " + shown);
  }
  return out;
}

json::array raw_headers(const net::Fields& fields) {
  json::array out;
  for (const auto& [name, value] : fields) {
    out.push_back(json::array{name, shown_value(name, value)});
  }
  return out;
}

}  // namespace

std::unique_ptr<net::BodySink> make_echo_sink() { return std::make_unique<DigestSink>(); }

Outcome<net::Response> echo(Call& call) {
  std::string digest = to_hex(as_text(crypto::sha256(call.request.body)));
  std::uint64_t bytes = call.request.body.size();
  if (auto* sink = dynamic_cast<DigestSink*>(call.request.body_sink.get())) {
    digest = sink->finish();
    bytes = call.request.body_bytes;
  }
  return reply(200,
               {{"method", call.request.method},
                {"path", printable(call.request.path)},
                {"query", printable(call.request.query)},
                {"headers", joined_headers(call.request.fields)},
                {"rawHeaders", raw_headers(call.request.fields)},
                {"bodySha256", digest},
                {"bodyBytes", bytes}});
}

Outcome<net::Response> stream_bytes(Call& call) {
  const auto text = call.query.find("n");
  const auto bytes = text ? parse_id(*text) : std::optional<std::uint64_t>(kBytesDefault);
  if (!bytes || *bytes > kStreamBytesMax) {
    return invalid("n must be a number of bytes, at most " + std::to_string(kStreamBytesMax));
  }
  net::Response response;
  response.fields.add("Content-Type", "application/octet-stream");
  response.fields.add("ETag", "\"bytes-" + std::to_string(*bytes) + "\"");
  response.fields.add("Link", "<" + call.base_url() + "/_sandbox/bytes?n=1>; rel=\"next\"");
  const Options& settings = call.world.settings;
  add_rate_headers(
      response,
      {settings.rate_limit_requests, settings.rate_limit_requests, settings.rate_limit_window});
  response.stream = std::make_unique<RowSource>(*bytes);
  response.stream_bytes = *bytes;
  return response;
}

}  // namespace wayleave::sandbox
