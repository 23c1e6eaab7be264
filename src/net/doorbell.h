// Lets other threads tell something that runs on one worker to look up.
#pragma once

#include <functional>
#include <memory>

#include "net/task.h"
#include "net/worker.h"

namespace weir::net {

class Wait;

// Made, used and destroyed on its worker's thread; only the button may be pressed elsewhere.
class Doorbell {
 public:
  // Any thread; outlives the doorbell, and then does nothing. Presses that follow each other
  // quickly may be heard as one.
  class Button;
  static void Press(Button& button);

  // `pressed` (may be empty) runs at each press that is heard.
  explicit Doorbell(Worker& worker, std::function<void()> pressed = {});
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  const std::shared_ptr<Button>& button() const { return button_; }

  // Until a press since the last Wait() ended. One at a time. `cancel` may be nullptr.
  enum class Heard : uint8_t { kPress, kDeadline, kCancelled };
  Task<Heard> Wait(SteadyTime deadline, CancelToken* cancel);

 private:
  void Hear();

  Worker& worker_;
  const std::function<void()> pressed_;
  std::shared_ptr<Button> button_;
  net::Wait* waiting_ = nullptr;
  bool heard_ = false;
};

}  // namespace weir::net
