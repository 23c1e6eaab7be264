#include "ledger/file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

namespace weir::ledger {

File::~File() {
  if (fd_ >= 0) close(fd_);
}

std::string ErrnoText(int code) {
  return std::generic_category().message(code);
}

Error FileError(std::string_view doing, const std::string& path, int code) {
  return MakeError(Reason::kIo, fmt::format("{} {}: {}", doing, path, ErrnoText(code)));
}

}  // namespace weir::ledger
