#include "net/deadline.h"

namespace weir::net {

void DeadlineHeap::Set(Deadline* deadline, SteadyTime at) {
  deadline->at = at;
  if (!deadline->set()) {
    heap_.push_back(nullptr);
    Place(heap_.size() - 1, deadline);
  }
  SiftUp(deadline->slot);
  SiftDown(deadline->slot);
}

void DeadlineHeap::Remove(Deadline* deadline) {
  if (!deadline->set()) return;
  const size_t slot = deadline->slot;
  Deadline* last = heap_.back();
  heap_.pop_back();
  deadline->slot = Deadline::kUnset;
  if (last == deadline) return;
  Place(slot, last);
  SiftUp(last->slot);
  SiftDown(last->slot);
}

Deadline* DeadlineHeap::PopDue(SteadyTime now) {
  if (heap_.empty() || heap_.front()->at > now) return nullptr;
  Deadline* due = heap_.front();
  Remove(due);
  return due;
}

void DeadlineHeap::Place(size_t slot, Deadline* deadline) {
  heap_[slot] = deadline;
  deadline->slot = slot;
}

void DeadlineHeap::SiftUp(size_t slot) {
  Deadline* moving = heap_[slot];
  while (slot > 0) {
    const size_t parent = (slot - 1) / 2;
    if (heap_[parent]->at <= moving->at) break;
    Place(slot, heap_[parent]);
    slot = parent;
  }
  Place(slot, moving);
}

void DeadlineHeap::SiftDown(size_t slot) {
  Deadline* moving = heap_[slot];
  for (size_t child = 2 * slot + 1; child < heap_.size(); child = 2 * slot + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1]->at < heap_[child]->at) ++child;
    if (moving->at <= heap_[child]->at) break;
    Place(slot, heap_[child]);
    slot = child;
  }
  Place(slot, moving);
}

}  // namespace weir::net
