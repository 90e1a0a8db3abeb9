#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"

namespace wayleave::net {

/// Every bound of the data plane in one place, with the requirement it comes from.
struct Limits {
  std::size_t request_line_bytes = 8 * 1024;  ///< DS-04: 414
  std::size_t head_bytes = 32 * 1024;         ///< DS-04: 431
  std::size_t head_fields = 100;              ///< DS-04: 431
  std::size_t chunk_extra_bytes = 4 * 1024;   ///< HT-04: extensions and trailers of one body
  std::size_t connections = 10'000;           ///< DS-05, per worker: then 503
  std::size_t idle_upstreams = 256;           ///< kept open per origin and worker
  std::size_t replay_bytes = 256 * 1024;      ///< request bytes kept for one replay after a 401
  Millis head_time{10'000};                   ///< DS-01
  Millis body_idle_time{30'000};              ///< DS-02, DS-03: no byte moved for so long
  Millis keep_alive_time{60'000};             ///< DS-02
  Millis connect_time{5'000};                 ///< DS-08
  Millis upstream_idle_time{50'000};          ///< pooled connections are closed after this
  std::uint64_t body_rate_floor = 128;        ///< DS-02: bytes per second over the whole body
};

}  // namespace wayleave::net
