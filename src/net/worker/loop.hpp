#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "net/http1/head.hpp"
#include "net/limits.hpp"
#include "net/traffic.hpp"
#include "net/upstream.hpp"
#include "net/worker/mailbox.hpp"
#include "net/worker/poller.hpp"
#include "net/worker/timer_wheel.hpp"

namespace wayleave::net {

class TlsAcceptor;  // net/tls_acceptor.hpp

/// What everything on one worker shares: its epoll set, timers, mailbox, one scratch buffer for all
/// reads, one parsed head of each kind and one clock reading per turn. Belongs to the worker's
/// thread but for the mailbox.
struct Loop {
  static constexpr std::size_t kScratchBytes = 64 * 1024;

  Loop(Poller made, const Limits& bounds, const UpstreamServices& reach, Log& sink)
      : poller(std::move(made)),
        now(SystemClock{}.tick()),
        timers(now),
        mailbox(std::make_shared<Mailbox>()),
        limits(bounds),
        services(reach),
        log(sink) {}

  /// The Date field's value, at most a second old (RFC 9110 section 6.6.1).
  [[nodiscard]] std::string_view http_date();
  /// Destroys it after the present batch of events, in which it may still be named.
  void bury(std::unique_ptr<Pollable> dead) { graveyard.push_back(std::move(dead)); }

  Poller poller;
  Tick now;
  TimerWheel timers;
  std::shared_ptr<Mailbox> mailbox;  ///< shared with jobs and look-ups that are on their way back
  const Limits limits;
  const UpstreamServices services;
  Log& log;
  TlsAcceptor* client_tls = nullptr;  ///< null: clients speak plain HTTP
  Traffic traffic;
  std::array<char, kScratchBytes> scratch;
  http1::RequestHead request_head;  ///< of the session with that serial; 0: of none
  std::uint64_t request_head_of = 0;
  http1::ResponseHead response_head;  ///< valid while one answer's head is looked at
  std::vector<std::unique_ptr<Pollable>> graveyard;

 private:
  std::string date_;
  Tick date_until_{};
};

}  // namespace wayleave::net
