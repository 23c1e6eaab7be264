#include "testing/allocations.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace weir {
namespace {
thread_local int64_t allocations = 0;
}

int64_t Allocations() {
  return allocations;
}

}  // namespace weir

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* operator new(size_t size) {
  ++weir::allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

#endif
