#include "base/thread.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace wayleave {
namespace {

constexpr int kBackgroundNice = 10;

}  // namespace

void name_thread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

void name_background_thread(const char* name) {
  name_thread(name);
  // On Linux the priority belongs to the thread (setpriority(2), "C library/kernel differences").
  // A failure costs nothing but the politeness.
  const auto self = static_cast<id_t>(::gettid());
  const int now = ::getpriority(PRIO_PROCESS, self);
  ::setpriority(PRIO_PROCESS, self, now + kBackgroundNice);
}

}  // namespace wayleave
