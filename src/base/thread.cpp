#include "base/thread.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace wayleave {
namespace {

constexpr int kBackgroundNice = 19;
constexpr std::uint64_t kBackgroundSliceNs = 100'000;  // the shortest there is

/// As sched_setattr(2) has it, for which the C library has neither function nor type.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;  ///< under SCHED_OTHER since Linux 6.12: the slice
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};
static_assert(sizeof(SchedulingAttributes) == 48);

constexpr int kThisThread = 0;

/// A yield gives up the rest of the slice, so the slice must be short; and a short one makes the
/// time between two of them short.
void shorten_slice() {
  SchedulingAttributes attributes;
  if (::syscall(SYS_sched_getattr, kThisThread, &attributes, sizeof attributes, 0) != 0) return;
  if (attributes.policy != SCHED_OTHER) return;
  attributes.runtime_ns = kBackgroundSliceNs;
  ::syscall(SYS_sched_setattr, kThisThread, &attributes, 0);
}

}  // namespace

void name_thread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

void name_background_thread(const char* name) {
  name_thread(name);
  // On Linux the priority belongs to the thread (setpriority(2), "C library/kernel differences").
  // A failure of either costs nothing but the politeness.
  const auto self = static_cast<id_t>(::gettid());
  const int now = ::getpriority(PRIO_PROCESS, self);
  ::setpriority(PRIO_PROCESS, self, now + kBackgroundNice);
  shorten_slice();
}

}  // namespace wayleave
