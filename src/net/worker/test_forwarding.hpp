#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "net/dispatcher.hpp"
#include "net/http1/head_writer.hpp"

namespace wayleave::net::test {

/// Forwards everything to one origin, copying end-to-end fields; renames faults to statuses.
class Forwarding final : public Dispatcher {
 public:
  using Told = std::function<void(const Outcome&)>;
  Forwarding(WorkerPort& port, Origin origin, Told told = {})
      : port_(port), origin_(std::move(origin)), told_(std::move(told)) {}

  Step begin(Exchange& exchange) override {
    const auto& head = exchange.head();
    http1::HeadWriter out(exchange.out());
    out.request_line(head.method, head.target);
    out.field("Host", origin_.authority());
    for (const auto& field : head) {
      if (field.name.starts_with("X-")) out.field(field.name, field.value);
    }
    Forward forward;
    forward.pool = &port_.pool("default", origin_);
    forward.keep_for_replay = true;
    // A busy machine may keep a provider from answering for seconds.
    forward.answer_time = Millis{head.get("x-impatient") ? 1'000 : 60'000};
    return forward;
  }
  Step body_complete(Exchange& exchange) override { return begin(exchange); }
  Step resume(Exchange& exchange, std::unique_ptr<Job>) override { return begin(exchange); }
  UpstreamStep upstream_head(Exchange& exchange, const http1::ResponseHead& head) override {
    http1::HeadWriter out(exchange.out());
    out.status_line(head.status, head.reason);
    for (const auto& field : head) {
      if (field.name.starts_with("X-")) out.field(field.name, field.value);
    }
    if (head.get("x-collect")) return CollectUpstream{20'000};
    return Relay{};
  }
  Wrapping upstream_body(Exchange&, std::string&) override { return {"[", "]"}; }
  Step upstream_failed(Exchange&, const UpstreamFailure& failure) override {
    const int status = failure.fault == UpstreamFault::Timeout ? 504 : 502;
    return Answer{
        text_response(status, "fault " + std::to_string(static_cast<int>(failure.fault)))};
  }
  void finished(Exchange&, const Outcome& outcome) override {
    if (told_) told_(outcome);
  }
  Response refuse(const Exchange&, int status, std::string_view, std::string_view d) override {
    return text_response(status, std::string(d));
  }

 private:
  WorkerPort& port_;
  Origin origin_;
  Told told_;
};

}  // namespace wayleave::net::test
