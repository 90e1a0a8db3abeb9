#include "net/worker/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

namespace wayleave::net {

struct Mailbox::Letter {
  std::move_only_function<void()> message;
  Letter* next = nullptr;
};

Mailbox::Mailbox() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) std::abort();  // no descriptor at start-up: nothing can run
}

Mailbox::~Mailbox() {
  close();
  ::close(fd_);
}

Mailbox::Letter* Mailbox::closed() {
  static Letter mark;
  return &mark;
}

void Mailbox::post(std::move_only_function<void()> message) {
  auto letter = std::make_unique<Letter>(std::move(message));
  size_.fetch_add(1, std::memory_order_relaxed);
  Letter* before = last_.load(std::memory_order_relaxed);
  do {
    if (before == closed()) {
      size_.fetch_sub(1, std::memory_order_relaxed);
      return;
    }
    letter->next = before;
  } while (!last_.compare_exchange_weak(
      before, letter.get(), std::memory_order_release, std::memory_order_relaxed));
  letter.release();               // it is the worker's, and may be gone already
  if (before != nullptr) return;  // the wake-up for the first is still on its way
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

Mailbox::Letter* Mailbox::take(Letter* instead) {
  Letter* letter = last_.exchange(instead, std::memory_order_acquire);
  Letter* first = nullptr;
  while (letter != nullptr && letter != closed()) {
    Letter* const before = std::exchange(letter->next, first);
    first = std::exchange(letter, before);
  }
  return first;
}

void Mailbox::close() {
  for (Letter* letter = take(closed()); letter != nullptr;) {
    delete std::exchange(letter, letter->next);
    size_.fetch_sub(1, std::memory_order_relaxed);
  }
}

void Mailbox::on_events(std::uint32_t) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
  deliver();
}

void Mailbox::deliver() {
  const Letter* const last = last_.load(std::memory_order_acquire);
  if (last == nullptr || last == closed()) return;
  for (Letter* next = take(nullptr); next != nullptr;) {
    const std::unique_ptr<Letter> letter(std::exchange(next, next->next));
    size_.fetch_sub(1, std::memory_order_relaxed);
    letter->message();
  }
}

}  // namespace wayleave::net
