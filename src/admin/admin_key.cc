#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "admin/admin_server.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/strings.h"
#include "ledger/data_dir.h"
#include "ledger/file.h"

namespace weir::admin {
namespace {

constexpr size_t kKeyBytes = 24;  // of randomness
constexpr size_t kShortestKey = 16;
constexpr size_t kLongestKey = 512;

std::string PathOf(const config::Settings& settings) {
  return settings.data_dir + "/admin.key";
}

void WarnWhenReadable(const std::string& path, const struct stat& file) {
  if ((file.st_mode & 077) == 0 && file.st_uid == geteuid()) return;
  Log(LogLevel::kWarn,
      "the admin key's file can be read or changed by others: make it 0600 and yours",
      {Field("file", path), Field("mode", fmt::format("{:o}", file.st_mode & 07777))});
}

Error Damaged(const std::string& path) {
  return MakeError(Reason::kConfig,
                   fmt::format("{} is no admin key ({} to {} visible ASCII characters): delete it "
                               "and a new one is made",
                               path, kShortestKey, kLongestKey));
}

// nullopt when there is no such file.
Result<std::optional<Secret>> ReadKey(const std::string& path) {
  ledger::File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() && errno == ENOENT) return std::optional<Secret>();
  struct stat about{};
  if (!file.valid() || fstat(file.fd(), &about) != 0) {
    return ledger::FileError("reading", path, errno);
  }
  std::array<char, kLongestKey + 2> bytes;
  ssize_t size = S_ISREG(about.st_mode) ? read(file.fd(), bytes.data(), bytes.size()) : 0;
  if (size < 0) return ledger::FileError("reading", path, errno);
  std::string_view key = Trim({bytes.data(), static_cast<size_t>(size)});
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (key.size() < kShortestKey || key.size() > kLongestKey || !visible) return Damaged(path);
  WarnWhenReadable(path, about);
  return std::optional<Secret>(std::string(key));
}

Result<void> WriteWhole(const ledger::File& file, const std::string& path, std::string_view text) {
  ssize_t written = write(file.fd(), text.data(), text.size());
  if (written >= 0 && static_cast<size_t>(written) != text.size()) errno = ENOSPC;
  if (written != static_cast<ssize_t>(text.size()) || fsync(file.fd()) != 0) {
    return ledger::FileError("writing", path, errno);
  }
  return {};
}

// Written aside and linked into place, so that the key's name never stands for half a key and an
// existing one is never replaced.
Result<void> KeepKey(const std::string& directory, const std::string& path, std::string_view key) {
  std::string aside = fmt::format("{}.{}", path, RandomHex(8));
  ledger::File file(open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) return ledger::FileError("making", aside, errno);
  Result<void> written = WriteWhole(file, aside, fmt::format("{}\n", key));
  int failed = written && link(aside.c_str(), path.c_str()) != 0 ? errno : 0;
  unlink(aside.c_str());
  WEIR_CHECK_OK(written);
  if (failed != 0) return ledger::FileError("making", path, failed);
  ledger::File folder(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || fsync(folder.fd()) != 0) {
    return ledger::FileError("syncing", directory, errno);
  }
  return {};
}

}  // namespace

Result<std::optional<Secret>> ReadAdminKey(const config::Settings& settings) {
  if (settings.admin.key) return settings.admin.key;
  return ReadKey(PathOf(settings));
}

Result<AdminKey> FindAdminKey(const config::Settings& settings) {
  WEIR_TRY(std::optional<Secret> known, ReadAdminKey(settings));
  if (known) return AdminKey{*known, false};
  WEIR_CHECK_OK(ledger::MakeDataDir(settings.data_dir));
  AdminKey fresh{Secret(RandomHex(kKeyBytes)), true};
  WEIR_CHECK_OK(KeepKey(settings.data_dir, PathOf(settings), fresh.key.Reveal()));
  return fresh;
}

}  // namespace weir::admin
