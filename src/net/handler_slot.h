// Memory for the one pending handler of one kind: Asio allocates an operation's state through the
// handler's associated allocator, and here it always finds the same bytes.
#pragma once

#include <cstddef>
#include <new>

namespace weir::net {

class HandlerSlot {
 public:
  void* Allocate(size_t size) {
    if (used_ || size > sizeof(bytes_)) return ::operator new(size);
    used_ = true;
    return bytes_;
  }
  void Free(void* memory) {
    if (memory != bytes_) return ::operator delete(memory);
    used_ = false;
  }

 private:
  alignas(std::max_align_t) std::byte bytes_[160];
  bool used_ = false;
};

template <class T>
struct SlotAllocator {
  using value_type = T;

  explicit SlotAllocator(HandlerSlot* memory) : slot(memory) {}
  template <class U>
  explicit SlotAllocator(const SlotAllocator<U>& other) : slot(other.slot) {}
  T* allocate(size_t count) { return static_cast<T*>(slot->Allocate(count * sizeof(T))); }
  void deallocate(T* memory, size_t) { slot->Free(memory); }
  template <class U>
  bool operator==(const SlotAllocator<U>& other) const {
    return slot == other.slot;
  }

  HandlerSlot* slot;
};

}  // namespace weir::net
