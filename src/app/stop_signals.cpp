#include "app/stop_signals.hpp"

#include <pthread.h>

namespace wayleave::app {

StopSignals::StopSignals() : set_() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int StopSignals::wait() {
  int signal = 0;
  sigwait(&set_, &signal);
  if (signal != SIGHUP) {
    sigset_t last;
    sigemptyset(&last);
    sigaddset(&last, SIGTERM);
    sigaddset(&last, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &last, nullptr);
  }
  return signal;
}

}  // namespace wayleave::app
