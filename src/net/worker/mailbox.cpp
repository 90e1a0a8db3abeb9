#include "net/worker/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace wayleave::net {

Mailbox::Mailbox() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) std::abort();  // no descriptor at start-up: nothing can run
}

Mailbox::~Mailbox() { ::close(fd_); }

void Mailbox::post(std::move_only_function<void()> message) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  messages_.push_back(std::move(message));
  waiting_.store(true, std::memory_order_release);
  if (messages_.size() > 1) return;  // the wake-up for the first is still on its way
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

void Mailbox::close() {
  std::vector<std::move_only_function<void()>> dropped;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(messages_);
}

std::size_t Mailbox::size() const {
  const std::lock_guard lock(mutex_);
  return messages_.size();
}

void Mailbox::on_events(std::uint32_t) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
  deliver();
}

void Mailbox::deliver() {
  if (!waiting_.load(std::memory_order_acquire)) return;
  std::vector<std::move_only_function<void()>> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(messages_);
    waiting_.store(false, std::memory_order_relaxed);
  }
  for (auto& message : batch) message();
}

}  // namespace wayleave::net
