#include "net/doorbell.h"

#include "net/wait.h"

namespace weir::net {

class Doorbell::Button : public std::enable_shared_from_this<Button> {
 public:
  Button(std::shared_ptr<Mailbox> mailbox, Doorbell* doorbell)
      : mailbox_(std::move(mailbox)), doorbell_(doorbell) {}

  void Press() {
    if (on_its_way_.exchange(true)) return;
    mailbox_->Push([self = shared_from_this()] {
      self->on_its_way_ = false;
      if (self->doorbell_ != nullptr) self->doorbell_->Hear();
    });
  }
  void Disconnect() { doorbell_ = nullptr; }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  std::atomic<bool> on_its_way_{false};
  Doorbell* doorbell_;  // the worker's thread only
};

void Doorbell::Press(Button& button) {
  button.Press();
}

Doorbell::Doorbell(Worker& worker, std::function<void()> pressed)
    : worker_(worker),
      pressed_(std::move(pressed)),
      button_(std::make_shared<Button>(worker.loop().mailbox, this)) {}

Doorbell::~Doorbell() {
  button_->Disconnect();
}

void Doorbell::Hear() {
  heard_ = true;
  if (waiting_ != nullptr) waiting_->Wake();
  if (pressed_) pressed_();  // may end this
}

Task<Doorbell::Heard> Doorbell::Wait(SteadyTime deadline, CancelToken* cancel) {
  net::Wait wait(worker_, deadline, cancel);
  if (heard_) wait.Wake();
  waiting_ = &wait;
  const Woken why = co_await wait;
  waiting_ = nullptr;
  if (why == Woken::kCancelled) co_return Heard::kCancelled;
  if (why == Woken::kDeadline) co_return Heard::kDeadline;
  heard_ = false;
  co_return Heard::kPress;
}

}  // namespace weir::net
