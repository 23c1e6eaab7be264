// An owned file descriptor and the errors of files.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace weir::ledger {

class File {
 public:
  explicit File(int fd = -1) : fd_(fd) {}
  ~File();
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int fd() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

// kIo "DOING PATH: No space left on device". `code` is an errno.
Error FileError(std::string_view doing, const std::string& path, int code);
std::string ErrnoText(int code);

}  // namespace weir::ledger
