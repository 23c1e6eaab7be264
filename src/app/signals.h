// SIGTERM and SIGINT stop (drain), SIGHUP reloads. Made before any thread, so that only Wait() sees
// them.
#pragma once

#include <csignal>

namespace weir::app {

enum class Signal { kStopAsked, kReloadAsked };

class SignalWaiter {
 public:
  SignalWaiter();
  Signal Wait();
  // True when a second stop came: leave at once.
  bool StopAskedAgain();

 private:
  sigset_t set_;
};

}  // namespace weir::app
