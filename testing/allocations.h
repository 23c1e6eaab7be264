// Counts what a test's thread allocates: whoever calls this links an operator new that counts.
#pragma once

#include <cstdint>

namespace weir {

// A sanitizer has its own allocator, which must see both ends of every allocation: none is counted.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kCountsAllocations = false;
#else
inline constexpr bool kCountsAllocations = true;
#endif

// By the calling thread so far.
int64_t Allocations();

}  // namespace weir
