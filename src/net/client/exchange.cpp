#include "net/client/exchange.hpp"

#include <boost/asio/error.hpp>
#include <cstring>
#include <vector>

#include "base/secret.hpp"
#include "net/http1/body.hpp"
#include "net/http1/head.hpp"

namespace wayleave::net {
namespace {

using boost::system::error_code;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kInterimAnswersMax = 16;

/// Bytes read and not yet used; wiped, since answers hold tokens.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { wipe(bytes_.data(), bytes_.size()); }

  [[nodiscard]] std::span<char> filled() { return {bytes_.data(), size_}; }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }
  /// Room for at least one more byte, up to `bytes_max` in all.
  [[nodiscard]] std::span<char> room(std::size_t bytes_max) {
    if (size_ == bytes_.size()) {
      std::vector<char> larger(std::min(2 * bytes_.size(), bytes_max));
      std::memcpy(larger.data(), bytes_.data(), size_);
      wipe(bytes_.data(), bytes_.size());
      bytes_.swap(larger);
    }
    return std::span(bytes_).subspan(size_);
  }
  void add(std::size_t size) { size_ += size; }
  void drop_front(std::size_t size) {
    std::memmove(bytes_.data(), bytes_.data() + size, size_ - size);
    size_ -= size;
  }

 private:
  std::vector<char> bytes_ = std::vector<char>(kReadBytes);
  std::size_t size_ = 0;
};

/// The state of one exchange between its steps.
struct Conversation {
  Connection& connection;
  const Prepared& request;
  const Limits& limits;
  Buffer buffer;
  bool anything_came = false;

  [[nodiscard]] std::unexpected<Broken> broken(ErrorKind kind,
                                               std::string code,
                                               const std::string& why,
                                               std::string operator_detail = {}) const {
    return std::unexpected(Broken{Error{.kind = kind,
                                        .code = std::move(code),
                                        .detail = request.origin.str() + ": " + why,
                                        .operator_detail = std::move(operator_detail)},
                                  !anything_came});
  }
  [[nodiscard]] std::unexpected<Broken> lost(const error_code& error) const {
    return broken(ErrorKind::Retry,
                  "connection_lost",
                  "the connection ended before the whole answer came",
                  error.message());
  }
  [[nodiscard]] std::unexpected<Broken> invalid(const char* why) const {
    return broken(ErrorKind::Retry, "invalid_answer", "the answer is not lawful HTTP", why);
  }
  [[nodiscard]] std::unexpected<Broken> too_large() const {
    return broken(
        ErrorKind::Limit,
        "answer_too_large",
        "the answer is larger than " + std::to_string(request.answer_bytes_max) + " bytes");
  }
};

/// Reads once; false at a lawful end of the stream.
Task<std::expected<bool, Broken>> read_more(Conversation& talk) {
  error_code error;
  const auto room = talk.buffer.room(talk.limits.head_bytes);
  const std::size_t size = co_await talk.connection.read(room, error);
  talk.buffer.add(size);
  if (size > 0) talk.anything_came = true;
  if (error == boost::asio::error::eof) co_return false;
  if (error) co_return talk.lost(error);
  co_return true;
}

/// Reads the final answer's head; the head's views die with the next use of the buffer, so it is
/// copied into `incoming` and only its framing is of use afterwards.
Task<std::expected<http1::ResponseHead, Broken>> read_head(Conversation& talk, Incoming& incoming) {
  http1::ResponseHead head;
  for (std::size_t interim = 0; interim <= kInterimAnswersMax;) {
    const auto parsed = http1::parse(talk.buffer.text(), talk.limits, talk.request.method, head);
    if (parsed.state == http1::Parsed::State::Bad) co_return talk.invalid(parsed.detail);
    if (parsed.state == http1::Parsed::State::NeedMore) {
      const auto more = co_await read_more(talk);
      if (!more) co_return std::unexpected(more.error());
      if (!*more) co_return talk.lost(boost::asio::error::eof);
      continue;
    }
    if (head.status >= 200) {
      incoming.status = head.status;
      for (const auto& [name, value] : head)
        incoming.fields.add(std::string(name), std::string(value));
      talk.buffer.drop_front(parsed.size);
      co_return head;
    }
    ++interim;
    talk.buffer.drop_front(parsed.size);
  }
  co_return talk.invalid("too many interim answers");
}

/// Reads the body to its end; true when the connection stays in step.
Task<std::expected<bool, Broken>> read_body(Conversation& talk,
                                            const http1::ResponseHead& head,
                                            std::string& body) {
  http1::BodyDecoder decoder(head, talk.limits);
  const std::size_t bytes_max = talk.request.answer_bytes_max;
  if (head.framing == http1::Framing::Length && head.content_length > bytes_max) {
    co_return talk.too_large();
  }
  while (true) {
    const auto step = decoder.feed(talk.buffer.filled());
    if (step.bad) co_return talk.invalid("broken chunk framing");
    if (step.payload > bytes_max - body.size()) co_return talk.too_large();
    body.append(talk.buffer.text().substr(0, step.payload));
    talk.buffer.drop_front(step.consumed);
    if (decoder.done()) break;
    const auto more = co_await read_more(talk);
    if (!more) co_return std::unexpected(more.error());
    if (*more) continue;
    if (!decoder.end_of_stream()) co_return talk.lost(boost::asio::error::eof);
    co_return false;
  }
  co_return head.keep_alive&& talk.buffer.text().empty();
}

}  // namespace

Task<std::expected<Exchanged, Broken>> exchange(Connection& connection,
                                                const Prepared& request,
                                                const Limits& limits,
                                                bool& sent) {
  Conversation talk{.connection = connection, .request = request, .limits = limits, .buffer = {}};
  if (request.still_wanted && !request.still_wanted()) {
    co_return talk.broken(ErrorKind::Retry, "no_longer_wanted", "the request was not sent");
  }
  error_code error;
  sent = true;
  co_await connection.write(request.bytes, error);
  if (error) co_return talk.lost(error);
  Exchanged exchanged;
  const auto head = co_await read_head(talk, exchanged.incoming);
  if (!head) co_return std::unexpected(head.error());
  const auto in_step = co_await read_body(talk, *head, exchanged.incoming.body);
  if (!in_step) co_return std::unexpected(in_step.error());
  exchanged.reusable = *in_step;
  co_return exchanged;
}

}  // namespace wayleave::net
