#include "learn/lines.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/strings.h"

namespace weir::learn {
namespace {

constexpr size_t kMaxLine = 32 << 20;

}  // namespace

Result<void> ForEachLine(const std::string& path,
                         const std::function<Result<void>(std::string_view line)>& read) {
  std::ifstream file(path);
  if (!file) return MakeError(Reason::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
  std::string line;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (Trim(line).empty()) continue;
    Result<void> done = line.size() > kMaxLine
                            ? MakeError(Reason::kBodyTooLarge, "the line is longer than 32 MiB")
                            : read(line);
    if (done) continue;
    Error error = std::move(done).error();
    error.message = fmt::format("{}:{}: {}", path, number, error.message);
    return error;
  }
  return {};
}

Result<std::string> IdOf(const json::Object& line) {
  if (line.KindOf("id") == json::Kind::kString) return line.RequiredString("id");
  return std::string(line.Has("id") ? line.Raw("id") : "null");
}

}  // namespace weir::learn
