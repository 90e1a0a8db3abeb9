#pragma once

#include <cstdint>

#include "base/counter.hpp"

namespace wayleave::net {

/// What one worker counts of its connections. Written by it alone; on its own cache lines.
struct alignas(64) Traffic {
  Counter clients_open;
  Counter clients_accepted;
  Counter clients_refused;  ///< Limits::connections was reached
  Counter upstreams_open;   ///< to providers, being made or made
  Counter upstreams_idle;   ///< of these, kept for a later call
  Counter upstreams_made;   ///< begun to be connected
  Counter upstreams_failed;
  Counter upstreams_reused;
  Counter parked;  ///< exchanges whose job is on the slow executor
};

/// The same of all workers together, at one moment.
struct TrafficTotals {
  std::uint64_t clients_open = 0;
  std::uint64_t clients_accepted = 0;
  std::uint64_t clients_refused = 0;
  std::uint64_t upstreams_open = 0;
  std::uint64_t upstreams_idle = 0;
  std::uint64_t upstreams_made = 0;
  std::uint64_t upstreams_failed = 0;
  std::uint64_t upstreams_reused = 0;
  std::uint64_t parked = 0;
  std::uint64_t mailed = 0;  ///< messages that wait for a worker

  void add(const Traffic& one) {
    clients_open += one.clients_open.value();
    clients_accepted += one.clients_accepted.value();
    clients_refused += one.clients_refused.value();
    upstreams_open += one.upstreams_open.value();
    upstreams_idle += one.upstreams_idle.value();
    upstreams_made += one.upstreams_made.value();
    upstreams_failed += one.upstreams_failed.value();
    upstreams_reused += one.upstreams_reused.value();
    parked += one.parked.value();
  }
};

}  // namespace wayleave::net
