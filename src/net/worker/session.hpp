#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/dispatcher.hpp"
#include "net/http1/body.hpp"
#include "net/http1/head.hpp"
#include "net/worker/loop.hpp"
#include "net/worker/transport.hpp"
#include "net/worker/upstream_pool.hpp"

namespace wayleave::net {

class Session;

/// What a session needs of its worker beyond the loop.
class SessionHost {
 public:
  virtual Dispatcher& dispatcher() = 0;
  /// Runs the job on the slow executor and brings it back to `Session::resumed`.
  virtual void park(Session& session, std::unique_ptr<Job> job) = 0;
  /// The session is over: it is destroyed after the present batch of events.
  virtual void remove(Session& session) = 0;
  [[nodiscard]] virtual bool stopping() const = 0;
  /// Going to stop: each answer from now on ends its connection.
  [[nodiscard]] virtual bool retiring() const = 0;
  virtual void next_request_id(std::string& out) = 0;
  /// Calls the session's `proceed` in a later turn, so that one busy session starves no other.
  virtual void later(Session& session) = 0;

 protected:
  ~SessionHost() = default;
};

/// One client connection and the exchange it is in. A state machine over two sockets: events set
/// flags, `pump` does whatever the flags allow and returns. Decisions are the dispatcher's. Bytes
/// in memory are bounded: one scratch for all sessions, and per session what one side has not taken
/// yet, at most a scratch full each way.
class Session final : public Exchange, public Pollable, public Timer, private UpstreamUser {
 public:
  Session(Loop& loop, SessionHost& host, int fd, std::string peer, std::uint64_t serial);
  ~Session() override;

  void start();
  void on_events(std::uint32_t events) override;
  void on_timeout() override;
  /// A parked job came back; `exchange_number` tells a late one from the present.
  void resumed(std::uint64_t exchange_number, std::unique_ptr<Job> job);
  /// The worker stops: close if idle, else after the present exchange.
  void wind_down();
  void close();
  void proceed() { pump(); }
  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  [[nodiscard]] std::uint64_t exchange_number() const { return exchange_number_; }

  // Exchange, for the dispatcher.
  [[nodiscard]] const http1::RequestHead& head() const override;
  [[nodiscard]] std::string_view peer() const override { return peer_; }
  [[nodiscard]] std::string_view request_id() const override { return request_id_; }
  [[nodiscard]] std::string& body() override { return body_; }
  [[nodiscard]] std::unique_ptr<BodySink> take_sink() override { return std::move(sink_); }
  [[nodiscard]] std::uint64_t body_bytes() const override { return body_bytes_; }
  [[nodiscard]] bool can_replay() const override;
  [[nodiscard]] bool untouched() const override;
  [[nodiscard]] std::string& out() override { return out_; }
  [[nodiscard]] Tick started() const override { return started_; }

 private:
  enum class Phase { Head, Collecting, Parked, Forwarding, Answering, Lingering, Closed };

  // session.cpp: the client's side.
  void pump();
  [[nodiscard]] bool flush_outbox();
  bool read_head();
  void keep_head(std::span<const char> from);
  void forget_head();
  void open_exchange();
  void begin_exchange();
  bool collect_body();
  void apply(Step step);
  void refuse(int status, std::string_view code, std::string_view detail);
  void end_exchange();
  void tell_finished(bool cut);
  void linger();
  bool linger_read();
  void expect_continue();
  enum class Read { Some, Wait, Ended };
  /// Reads once from the request body and gives its content to `use(std::span<char>)`. Wait:
  /// nothing more now. Ended: the session took another turn (refused or closed).
  template <class Use>
  Read read_body(Use use);
  Read refill(std::span<char>& bytes);
  [[nodiscard]] bool too_slow() const;
  void skip_rest_of_body();
  /// The request's body is broken: refused, or cut when an answer is on its way already.
  void reject_body(int status, std::string_view code, std::string_view detail);

  // session_answer.cpp: answers that are made here.
  void start_answer(Response response);
  void answer_collected();
  void begin_answer(int status);
  void end_head(std::optional<std::uint64_t> length);
  void end_fields();
  void send_answer(std::array<std::string_view, 3> body);
  void send_cut_answer(std::string_view body, std::uint64_t bytes);
  bool flush_answer();
  bool fill_from_source();

  // session_forward.cpp: the provider's side.
  void start_forward(const Forward& forward);
  bool forward();
  bool send_request();
  bool receive_head();
  bool take_head(std::span<char> bytes, bool from_scratch);
  void apply_upstream(UpstreamStep step, const http1::ResponseHead& head);
  void begin_relay(const http1::ResponseHead& head);
  bool receive_body();
  bool deliver(std::span<char> bytes);
  /// Sends content of the provider's answer to the client, after the head if that is due.
  [[nodiscard]] bool relay(std::string_view content);
  bool finish_upstream(bool clean);
  bool upstream_failed(UpstreamFault fault, std::string detail);
  void drop_upstream();
  void frame_request();
  bool send_upstream(std::span<const iovec> pieces);
  void acquire(bool fresh);
  void upstream_ready() override;
  void upstream_lost(const UpstreamFailure& failure) override;
  bool upstream_ended(Transport::State how);
  void provider_spoke();

  Loop& loop_;
  SessionHost& host_;
  Transport io_;
  Outbox outbox_;
  const std::string peer_;
  const std::uint64_t serial_;
  Phase phase_ = Phase::Head;
  bool pumping_ = false;

  // The exchange.
  std::uint64_t exchange_number_ = 0;
  std::string in_;          ///< read from the client and not used
  std::string head_bytes_;  ///< the request's head; empty: there is none
  std::string_view method_;
  int minor_version_ = 1;
  http1::BodyDecoder body_in_;
  std::string request_id_;
  std::string body_;  ///< collected, or kept for a replay
  std::size_t body_max_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::unique_ptr<BodySink> sink_;
  std::string out_;
  Tick started_{};
  bool keep_alive_ = true;
  bool continue_due_ = false;
  int status_ = 0;
  std::uint64_t answer_bytes_ = 0;
  std::optional<Tick> asked_;  ///< a provider's head is waited for since
  Tick::duration provider_wait_{};

  // The answer made here.
  std::unique_ptr<BodySource> source_;
  std::optional<std::uint64_t> source_left_;
  bool source_chunked_ = false;
  bool cut_ = false;  ///< close without ceremony once the answer is out

  // The present attempt upstream.
  UpstreamConnection* upstream_ = nullptr;
  std::string upstream_head_;
  UpstreamPool* pool_ = nullptr;
  std::string_view upstream_method_;
  std::optional<std::string_view> override_body_;
  bool body_absent_ = false;
  Millis answer_time_{};
  bool keep_for_replay_ = false;
  bool body_kept_ = true;  ///< body_ holds all content read so far
  bool request_chunked_ = false;
  bool head_sent_ = false;
  bool request_sent_ = false;
  bool response_started_ = false;  ///< a byte of the provider's answer came
  bool retried_stale_ = false;
  enum class Answer { Waiting, Relaying, Collecting } answer_ = Answer::Waiting;
  http1::BodyDecoder body_out_;
  bool upstream_keep_alive_ = false;
  bool relay_chunked_ = false;
  std::string collected_;
  std::size_t collected_max_ = 0;
  bool active_ = false;  ///< between begin_exchange and end_exchange
  bool relay_head_due_ = false;
  bool upstream_cut_ = false;  ///< it took no more of the request
  std::size_t linger_bytes_ = 0;
};

}  // namespace wayleave::net
