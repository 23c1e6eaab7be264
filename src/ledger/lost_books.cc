#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "base/clock.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/strings.h"
#include "ledger/books.h"
#include "ledger/file.h"

namespace weir::ledger {

std::string LostBooksPath(const std::string& data_dir) {
  return data_dir + "/books.lost";
}

// The first loss is the one that counts.
Result<void> NoteLostBooks(const std::string& data_dir, std::string_view why) {
  const std::string path = LostBooksPath(data_dir);
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid() && errno == EEXIST) return {};
  if (!file.valid()) return FileError("creating", path, errno);
  const std::string text = fmt::format("what was spent before {} is not known: {}\n",
                                       FormatWall(SystemClock().Wall()), why);
  Log(LogLevel::kError, "ledger: the books are lost", {Field("why", why), Field("noted_in", path)});
  if (write(file.fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(file.fd()) == 0) {
    return {};
  }
  return FileError("writing", path, errno);
}

std::string LostBooks(const std::string& data_dir) {
  std::ifstream in(LostBooksPath(data_dir));
  if (!in) return "";
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string_view line = Trim(text);
  return line.empty() ? "what was spent before is not known" : std::string(line);
}

}  // namespace weir::ledger
