#include "base/secret.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <vector>

namespace weir {
namespace {

constexpr size_t kShortestScrubbed = 6;
constexpr size_t kMaxRegistered = 10'000;

struct Registry {
  std::mutex mutex;
  std::vector<std::string> known;
};

// The one process-wide table of base/: the second wall must hold wherever a line is written.
Registry& SecretRegistry() {
  static Registry registry;
  return registry;
}

void Register(const std::string& bytes) {
  if (bytes.size() < kShortestScrubbed) return;
  Registry& registry = SecretRegistry();
  std::lock_guard lock(registry.mutex);
  if (registry.known.size() >= kMaxRegistered) return;
  if (std::find(registry.known.begin(), registry.known.end(), bytes) == registry.known.end()) {
    registry.known.push_back(bytes);
  }
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

Secret::Secret(std::string bytes) : bytes_(std::move(bytes)) {
  Register(bytes_);
}

void ScrubSecrets(std::string* text) {
  Registry& registry = SecretRegistry();
  std::lock_guard lock(registry.mutex);
  for (const std::string& secret : registry.known) {
    // memmem steps over what cannot match; string::find stops at every first letter.
    if (memmem(text->data(), text->size(), secret.data(), secret.size()) != nullptr) {
      ReplaceAll(*text, secret, "[secret]");
    }
  }
}

std::string ScrubSecrets(std::string_view text) {
  std::string clean(text);
  ScrubSecrets(&clean);
  return clean;
}

}  // namespace weir
