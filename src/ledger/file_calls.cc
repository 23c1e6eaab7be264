#include <unistd.h>

#include "ledger/journal.h"

namespace weir::ledger {

FileCalls FileCalls::System() {
  return {[](int fd, const void* bytes, size_t size) -> long { return ::write(fd, bytes, size); },
          [](int fd) { return fdatasync(fd); },
          [](int fd, int64_t size) { return ftruncate(fd, size); }};
}

}  // namespace weir::ledger
