#include "ledger/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "base/strings.h"

namespace weir::ledger {
namespace {

std::string LockPath(const std::string& directory) {
  return directory + "/lock";
}

std::string HolderOf(int fd) {
  std::array<char, 32> text;
  ssize_t size = pread(fd, text.data(), text.size(), 0);
  std::string_view pid = Trim({text.data(), static_cast<size_t>(size > 0 ? size : 0)});
  return ParseUint(pid) ? fmt::format(" (pid {})", pid) : "";
}

// The lock is the flock; the pid is only told to whoever comes second, so a full disk may lose it.
void TellPid(int fd) {
  std::string pid = fmt::format("{}\n", getpid());
  if (ftruncate(fd, 0) != 0) return;
  [[maybe_unused]] ssize_t told = pwrite(fd, pid.data(), pid.size(), 0);
}

}  // namespace

Result<void> MakeDataDir(const std::string& directory) {
  std::error_code error;
  if (std::filesystem::is_directory(directory, error)) return {};
  std::filesystem::path path(directory);
  if (!path.has_filename()) path = path.parent_path();
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return FileError("creating directory", directory, errno);
  }
  if (!std::filesystem::is_directory(directory, error)) {
    return FileError("using data_dir", directory, ENOTDIR);
  }
  return {};
}

Result<File> LockDataDir(const std::string& directory) {
  std::string path = LockPath(directory);
  File file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return FileError("opening", path, errno);
  if (flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FileError("locking", path, errno);
    return MakeError(Reason::kIo,
                     fmt::format("{} is in use by another weir{}", directory, HolderOf(file.fd())));
  }
  TellPid(file.fd());
  return file;
}

bool LockIsInPlace(const File& lock, const std::string& directory) {
  struct stat ours{};
  struct stat named{};
  return fstat(lock.fd(), &ours) == 0 && stat(LockPath(directory).c_str(), &named) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

}  // namespace weir::ledger
