// Small blocks of memory for what each request makes anew: coroutine frames, short texts, short
// lists. They are of the same few sizes as those of the request before: what a thread gives back
// it keeps, to a bound, for its next ones. Under a sanitizer that watches memory each block is its
// own allocation.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

class Shelves {
 public:
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr bool kKeeps = false;
#else
  static constexpr bool kKeeps = true;
#endif
  static constexpr size_t kStep = 64;       // sizes are rounded up to it
  static constexpr size_t kLargest = 2048;  // larger blocks are not kept
  static constexpr size_t kKept = 64;       // of each size, by each thread

  static void* Take(size_t size) {
    if (!kKeeps || size > kLargest) return ::operator new(size);
    Shelf& shelf = Mine(size);
    if (shelf.first == nullptr) return ::operator new(Rounded(size));
    Free* block = shelf.first;
    shelf.first = block->next;
    --shelf.count;
    return block;
  }

  static void Give(void* memory, size_t size) {
    if (!kKeeps || size > kLargest) return ::operator delete(memory);
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

 private:
  struct Free {
    Free* next;
  };
  struct Shelf {
    Free* first = nullptr;
    size_t count = 0;
  };
  using Sizes = std::array<Shelf, kLargest / kStep>;

  static constexpr size_t Rounded(size_t size) { return (size + kStep - 1) / kStep * kStep; }
  // The calling thread's. Without a destructor, which would cost each access a look whether it
  // lives.
  static Sizes& Mine() {
    constinit thread_local Sizes sizes{};
    return sizes;
  }
  static Shelf& Mine(size_t size) { return Mine()[(size - 1) / kStep]; }
};

// Base of a class (of a coroutine's promise: then its frames) whose objects come from there.
struct Shelved {
  static void* operator new(size_t size) { return Shelves::Take(size); }
  static void operator delete(void* memory, size_t size) { Shelves::Give(memory, size); }
};

template <class T>
struct ShelfAllocator {
  static_assert(alignof(T) <= alignof(std::max_align_t));
  using value_type = T;
  ShelfAllocator() = default;
  template <class Other>
  ShelfAllocator(const ShelfAllocator<Other>&) {}  // NOLINT: as the standard wants it
  static T* allocate(size_t count) { return static_cast<T*>(Shelves::Take(count * sizeof(T))); }
  static void deallocate(T* memory, size_t count) { Shelves::Give(memory, count * sizeof(T)); }
  template <class Other>
  bool operator==(const ShelfAllocator<Other>&) const {
    return true;
  }
};

using ShelvedString = std::basic_string<char, std::char_traits<char>, ShelfAllocator<char>>;
inline bool operator==(const ShelvedString& a, const std::string& b) {
  return std::string_view(a) == std::string_view(b);
}
template <class T>
using ShelvedVector = std::vector<T, ShelfAllocator<T>>;

}  // namespace weir
