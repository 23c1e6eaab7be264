#include "config/parse.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "config/options.h"

namespace weir::config {
namespace {

struct Parsed {
  Settings settings;
  Mark clear_secret;
};

Result<Parsed> ParseText(std::string_view text, std::string_view file, const Environment& env) {
  WEIR_TRY(Node root, LoadYaml(text, file, env));
  Reader reader(file);
  Parsed parsed;
  parsed.settings.file = file;
  WEIR_CHECK_OK(ReadSettings(reader, root, parsed.settings));
  parsed.settings.warnings = reader.TakeWarnings();
  parsed.clear_secret = reader.clear_secret();
  return parsed;
}

Error CannotRead(const std::string& path, std::string_view why) {
  return ErrorAt(path, {}, fmt::format("cannot be read: {}", why));
}

bool IsWorldReadable(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path) {
  std::error_code status;
  if (std::filesystem::is_directory(path, status)) return CannotRead(path, "it is a folder");
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return CannotRead(path, std::strerror(errno));
  // In pieces: room for the largest file would take longer than the rest of a start.
  constexpr size_t kPiece = 64 << 10;
  std::string text;
  while (stream && text.size() <= kMaxFileBytes) {
    const size_t before = text.size();
    text.resize(before + kPiece);
    stream.read(text.data() + before, kPiece);
    text.resize(before + static_cast<size_t>(stream.gcount()));
  }
  if (stream.bad()) return CannotRead(path, std::strerror(errno));
  return text;
}

Result<std::vector<KeySettings>> ParseKeys(std::string_view text, std::string_view file) {
  WEIR_TRY(const Node root, LoadYaml(text, file, [](std::string_view) { return std::nullopt; }));
  Reader reader(file);
  Reader::Step step(reader, "keys");
  std::vector<KeySettings> keys;
  WEIR_CHECK_OK(ReadKeyList(reader, root, keys));
  return keys;
}

Result<Settings> Parse(std::string_view text, std::string_view file, const Environment& env) {
  WEIR_TRY(Parsed parsed, ParseText(text, file, env));
  return std::move(parsed.settings);
}

Result<Settings> ParseFile(const std::string& path, const Environment& env) {
  WEIR_TRY(std::string text, ReadFile(path));
  WEIR_TRY(Parsed parsed, ParseText(text, path, env));
  if (parsed.clear_secret.line != 0 && IsWorldReadable(path)) {
    Error warning = ErrorAt(path, parsed.clear_secret,
                            "everybody on this machine can read the file, and it holds a secret in "
                            "clear: chmod 600, or use a variable");
    parsed.settings.warnings.push_back(std::move(warning.message));
  }
  return std::move(parsed.settings);
}

}  // namespace weir::config
