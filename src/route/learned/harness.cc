#include "route/learned/harness.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/strings.h"

namespace weir::route {
namespace {

// As Claude Code, Codex, OpenCode, Cline, Copilot and their kin write them.
constexpr std::array<std::string_view, 21> kElements = {
    "system-reminder",
    "system_reminder",
    "user-prompt-submit-hook",
    "environment_context",
    "environment_details",
    "environment-details",
    "environmentdetails",
    "context_window_usage",
    "command-name",
    "command-message",
    "command-args",
    "local-command-stdout",
    "local-command-stderr",
    "bash-stdout",
    "bash-stderr",
    "skills_instructions",
    "permissions instructions",
    "user_instructions",
    "reminderinstructions",
    "workspace_info",
    "ide_opened_file",
};

constexpr size_t kLongestName = 32;
constexpr size_t kLongestTag = 512;

// The element whose opening tag begins at text[0] == '<', with the tag's length.
struct Opened {
  std::string_view name;
  size_t tag_bytes = 0;
};
std::optional<Opened> OpenedAt(std::string_view text) {
  const std::string_view inside = text.substr(1, kLongestName);
  if (inside.empty() || (inside.front() | 0x20) < 'a') return {};
  for (const std::string_view name : kElements) {
    if (!StartsWithIgnoreCase(inside, name)) continue;
    const char behind = inside.size() > name.size() ? inside[name.size()] : '\0';
    if (behind != '>' && behind != ' ' && behind != '\n') continue;
    const size_t end = text.substr(0, kLongestTag).find('>');
    if (end == std::string_view::npos) continue;
    return Opened{name, end + 1};
  }
  return {};
}

// Bytes through the closing tag of `name`, or all of them.
size_t ThroughClosing(std::string_view text, std::string_view name) {
  for (size_t at = text.find("</"); at != std::string_view::npos; at = text.find("</", at + 2)) {
    if (!StartsWithIgnoreCase(text.substr(at + 2, kLongestName), name)) continue;
    const size_t end = text.find('>', at);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  return text.size();
}

}  // namespace

std::string_view WithoutHarness(std::string_view text, std::string* kept) {
  kept->clear();
  bool found = false;
  size_t from = 0;
  for (size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    const std::optional<Opened> opened = OpenedAt(text.substr(at));
    if (!opened) {
      ++at;
      continue;
    }
    found = true;
    kept->append(text.substr(from, at - from));
    at += opened->tag_bytes;
    at += ThroughClosing(text.substr(at), opened->name);
    from = at;
  }
  if (!found) return text;
  kept->append(text.substr(from));
  return Trim(*kept);
}

}  // namespace weir::route
