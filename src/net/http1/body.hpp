#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "net/http1/head.hpp"

namespace wayleave::net::http1 {

/// Follows one message body through the bytes of a connection. Chunk framing is taken off in place;
/// extensions and trailers are counted against a limit and dropped (HT-04).
class BodyDecoder {
 public:
  BodyDecoder() = default;  ///< no body: done at once
  BodyDecoder(const Head& head, const Limits& limits);

  struct Step {
    std::size_t consumed = 0;  ///< bytes of the input that belong to this body
    std::size_t payload = 0;   ///< bytes of content, moved to the front of the input
    bool bad = false;          ///< broken framing: close the connection
  };
  /// Takes what it can of `bytes`, which it may overwrite. Consumes everything unless the body ends
  /// inside (then the rest belongs to the next message) or is broken.
  [[nodiscard]] Step feed(std::span<char> bytes);
  /// The whole body has been seen. Never true for UntilClose before `end_of_stream`.
  [[nodiscard]] bool done() const { return done_; }
  /// The peer closed: true when that ends the body lawfully, false when it was cut (HT-20).
  [[nodiscard]] bool end_of_stream();

 private:
  enum class State {
    Data,
    Size,
    Extension,
    SizeLf,
    ChunkData,
    DataCr,
    DataLf,
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLf,
    EndLf
  };
  [[nodiscard]] bool take_framing(char c);
  [[nodiscard]] bool take_size(char c);
  [[nodiscard]] bool take_extra(char c, State on_cr);

  Framing framing_ = Framing::None;
  State state_ = State::Data;
  bool done_ = true;
  std::uint64_t remaining_ = 0;
  std::size_t size_digits_ = 0;
  std::size_t extra_bytes_ = 0;
  std::size_t extra_bytes_max_ = 0;
};

}  // namespace wayleave::net::http1
