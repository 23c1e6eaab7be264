#include "limits/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/ids.h"
#include "config/parse.h"

namespace weir::limits {
namespace {

constexpr size_t kSecretBytes = 20;

Error Failed(std::string_view doing, const std::string& path) {
  return MakeError(Reason::kIo, fmt::format("{} {}: {}", doing, path, std::strerror(errno)));
}

Result<void> WriteAndSync(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed("writing", path);
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(file) != 0) return Failed("syncing", path);
  return {};
}

Result<void> SyncFolder(const std::string& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Failed("opening", folder);
  const bool synced = fsync(file) == 0;
  close(file);
  if (!synced) return Failed("syncing", folder);
  return {};
}

}  // namespace

std::string KeyFile(const std::string& data_dir) {
  return data_dir + "/keys.json";
}

Result<StoredKeys> ReadKeyFile(const std::string& data_dir) {
  StoredKeys stored;
  stored.file = KeyFile(data_dir);
  struct stat status{};
  if (stat(stored.file.c_str(), &status) != 0 && errno == ENOENT) return stored;
  stored.ever = true;
  WEIR_TRY(const std::string text, config::ReadFile(stored.file));
  WEIR_TRY(stored.keys, config::ParseKeys(text, stored.file));
  return stored;
}

Result<void> WriteKeyFile(const std::string& data_dir, std::span<const config::KeySettings> keys) {
  const std::string path = KeyFile(data_dir);
  const std::string fresh = path + ".new";
  std::string text = "[";
  for (const config::KeySettings& key : keys) {
    text += text.size() > 1 ? ",\n " : "\n ";
    text += KeyJson(key);
  }
  text += keys.empty() ? "]\n" : "\n]\n";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Failed("making", fresh);
  Result<void> written = WriteAndSync(file, text, fresh);
  close(file);
  if (!written) return written;
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return Failed("replacing", path);
  return SyncFolder(data_dir);
}

Secret NewKey() {
  return Secret("wk-" + RandomHex(kSecretBytes));
}

void SetSecret(const Secret& secret, config::KeySettings* key) {
  key->digest = Sha256(secret.Reveal());
  key->shown = secret.Reveal().substr(0, config::kShownBytes);
}

std::string WithoutPlace(const std::string& message) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const size_t end = message.find(": ");
  size_t begin = end;
  for (int number = 0; number < 2; ++number) {
    if (begin == std::string::npos || begin == 0 || !digit(message[begin - 1])) return message;
    while (begin > 0 && digit(message[begin - 1])) --begin;
    if (begin == 0 || message[begin - 1] != ':') return message;
    --begin;
  }
  return message.substr(end + 2);
}

Result<config::KeySettings> ReadKeyOrder(std::string_view json) {
  // What a list of one key is read with, so that an order and a file have one grammar.
  const std::string placeholder = fmt::format(R"("sha256": "{:064}")", 0);
  const size_t open = json.find('{');
  const std::string_view rest = open == std::string_view::npos ? json : json.substr(open + 1);
  const size_t next = rest.find_first_not_of(" \t\r\n");
  if (open == std::string_view::npos || next == std::string_view::npos) {
    return MakeError(Reason::kBadRequest, R"(expected an object such as {"name": "team-a"})");
  }
  const bool empty = rest[next] == '}';
  const std::string list =
      fmt::format("[{}{{{}{}{}]", json.substr(0, open), placeholder, empty ? "" : ", ", rest);
  Result<std::vector<config::KeySettings>> keys = config::ParseKeys(list, "key");
  if (!keys) return MakeError(Reason::kBadRequest, WithoutPlace(keys.error().message));
  if (keys->size() != 1) {
    return MakeError(Reason::kBadRequest, R"(expected one object such as {"name": "team-a"})");
  }
  return std::move(keys->front());
}

}  // namespace weir::limits
