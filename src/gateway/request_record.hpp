#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wayleave::gateway {

/// What the request log keeps of a proxied call besides its texts. No query string, no header
/// value, no token (LG-01).
struct RequestFacts {
  Tick ended{};
  std::uint64_t request_bytes = 0;  ///< content from the caller
  std::uint64_t answer_bytes = 0;   ///< content to the caller
  std::uint32_t duration_ms = 0;
  std::uint32_t provider_ms = 0;  ///< of it, waiting for the provider
  std::uint16_t status = 0;       ///< 0: the caller left before an answer
  std::uint16_t attempts = 0;     ///< times it was sent to the provider
  bool cut = false;               ///< the answer was not given whole
  bool path_cut = false;          ///< the path goes on
  bool failed = false;            ///< kept before successes when not all can be
};

/// The texts of a record, in this order. What is not known is empty.
enum class RequestText {
  Workspace,
  App,         ///< slug
  User,        ///< only of a connection that exists
  Connection,  ///< id
  Method,
  Path,  ///< at the provider, as sent, without query
  Code,  ///< of an error of ours
  RequestId,
  TraceId,  ///< of the caller's `traceparent`
};
inline constexpr std::size_t kRequestTexts = 9;
inline constexpr std::size_t kRequestTextBytesMax = 512;  ///< longer ones are cut

/// A record on its way into a ring. The texts belong to whoever made it.
struct RequestRecord {
  RequestFacts facts;
  std::array<std::string_view, kRequestTexts> texts;

  [[nodiscard]] std::string_view& operator[](RequestText which) {
    return texts[static_cast<std::size_t>(which)];
  }
  [[nodiscard]] std::string_view operator[](RequestText which) const {
    return texts[static_cast<std::size_t>(which)];
  }
};

/// A record that owns its texts.
struct OwnedRequest {
  explicit OwnedRequest(const RequestRecord& record) : facts(record.facts) {
    for (std::size_t i = 0; i < kRequestTexts; ++i) texts[i] = record.texts[i];
  }
  [[nodiscard]] const std::string& operator[](RequestText which) const {
    return texts[static_cast<std::size_t>(which)];
  }

  RequestFacts facts;
  std::array<std::string, kRequestTexts> texts;
};

}  // namespace wayleave::gateway
