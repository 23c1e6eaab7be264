// Memory for coroutine frames. A request makes some twenty, of the same few sizes as the one before
// it: what a thread gives back it keeps, to a bound, for its next ones. Under a sanitizer that
// watches memory each frame is its own allocation.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace weir::net {

class Frames {
 public:
  static constexpr size_t kStep = 64;       // sizes are rounded up to it
  static constexpr size_t kLargest = 2048;  // larger frames are not kept
  static constexpr size_t kKept = 64;       // of each size, by each thread

  static void* Take(size_t size) {
    if (!kPooled || size > kLargest) return ::operator new(size);
    Shelf& shelf = Mine(size);
    if (shelf.first == nullptr) return ::operator new(Rounded(size));
    Free* frame = shelf.first;
    shelf.first = frame->next;
    --shelf.count;
    return frame;
  }

  static void Give(void* memory, size_t size) {
    if (!kPooled || size > kLargest) return ::operator delete(memory);
    Shelf& shelf = Mine(size);
    if (shelf.count == kKept) return ::operator delete(memory);
    shelf.first = new (memory) Free{shelf.first};
    ++shelf.count;
  }

  // What the calling thread keeps goes back: a worker's last step.
  static void FreeKept() {
    for (Shelf& shelf : Mine()) {
      while (shelf.first != nullptr)
        ::operator delete(std::exchange(shelf.first, shelf.first->next));
      shelf.count = 0;
    }
  }

  // Of a promise type: its coroutines' frames come from here.
  struct Pooled {
    static void* operator new(size_t size) { return Take(size); }
    static void operator delete(void* memory, size_t size) { Give(memory, size); }
  };

 private:
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr bool kPooled = false;
#else
  static constexpr bool kPooled = true;
#endif

  struct Free {
    Free* next;
  };
  struct Shelf {
    Free* first = nullptr;
    size_t count = 0;
  };
  using Shelves = std::array<Shelf, kLargest / kStep>;

  static constexpr size_t Rounded(size_t size) { return (size + kStep - 1) / kStep * kStep; }
  // The calling thread's. Without a destructor, which would cost each access a look whether it
  // lives.
  static Shelves& Mine() {
    constinit thread_local Shelves shelves{};
    return shelves;
  }
  static Shelf& Mine(size_t size) { return Mine()[(size - 1) / kStep]; }
};

}  // namespace weir::net
