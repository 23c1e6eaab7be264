// Deadlines of one worker in a binary heap. An owner keeps one Deadline and moves it later lazily:
// it stores the new time aside and sets the heap's entry again only when the old one fires.
#pragma once

#include <cstddef>
#include <vector>

#include "base/clock.h"

namespace weir::net {

struct Deadline {
  static constexpr size_t kUnset = static_cast<size_t>(-1);

  SteadyTime at = SteadyTime::max();
  size_t slot = kUnset;  // place in the heap
  void (*fire)(void* owner) = nullptr;
  void* owner = nullptr;

  bool set() const { return slot != kUnset; }
};

class DeadlineHeap {
 public:
  void Set(Deadline* deadline, SteadyTime at);  // inserts or moves
  void Remove(Deadline* deadline);              // nothing when it is not set
  // The earliest one with `at` <= now, removed from the heap; nullptr when there is none.
  Deadline* PopDue(SteadyTime now);
  SteadyTime earliest() const { return heap_.empty() ? SteadyTime::max() : heap_.front()->at; }
  size_t size() const { return heap_.size(); }

 private:
  void Place(size_t slot, Deadline* deadline);
  void SiftUp(size_t slot);
  void SiftDown(size_t slot);

  std::vector<Deadline*> heap_;
};

}  // namespace weir::net
