#include "app/signals.h"

#include <pthread.h>

namespace weir::app {

SignalWaiter::SignalWaiter() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  // A pipe without a reader and a file at its size limit are errors of the call that met them; the
  // others mean nothing here, and would end the process.
  for (const int ignored : {SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2}) std::signal(ignored, SIG_IGN);
}

Signal SignalWaiter::Wait() {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) {
  }
  return signal == SIGHUP ? Signal::kReloadAsked : Signal::kStopAsked;
}

bool SignalWaiter::StopAskedAgain() {
  const timespec now{0, 0};
  int signal = sigtimedwait(&set_, nullptr, &now);
  return signal == SIGTERM || signal == SIGINT;
}

}  // namespace weir::app
