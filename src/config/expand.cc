#include <fmt/format.h>

#include "config/node.h"

namespace weir::config {
namespace {

bool IsNameChar(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool IsVariableName(std::string_view name) {
  if (name.empty() || name.size() > 256 || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), IsNameChar);
}

Result<std::string> Lookup(std::string_view name, const Environment& env) {
  std::optional<std::string> value = env(name);
  if (value && !value->empty()) return *std::move(value);
  return MakeError(Reason::kConfig, fmt::format("the environment variable {} is {}", name,
                                                value ? "empty" : "not set"));
}

}  // namespace

Result<std::string> ExpandVariables(std::string_view text, const Environment& env) {
  std::string expanded;
  while (true) {
    size_t at = text.find("${");
    if (at == std::string_view::npos) break;
    if (at > 0 && text[at - 1] == '$') {
      expanded.append(text.substr(0, at - 1)).append("${");
      text.remove_prefix(at + 2);
      continue;
    }
    size_t end = text.find('}', at);
    std::string_view name = text.substr(at + 2, end - at - 2);
    if (end == std::string_view::npos || !IsVariableName(name)) {
      return MakeError(Reason::kConfig,
                       "`${` must be followed by the name of a variable and `}`, as in "
                       "\"${OPENAI_API_KEY}\"; write `$${` for a literal `${`");
    }
    WEIR_TRY(std::string value, Lookup(name, env));
    expanded.append(text.substr(0, at)).append(value);
    text.remove_prefix(end + 1);
    if (expanded.size() > kMaxScalarBytes) break;
  }
  expanded.append(text);
  if (expanded.size() > kMaxScalarBytes) {
    return MakeError(Reason::kConfig, "the expanded value is longer than 64 KiB");
  }
  return expanded;
}

}  // namespace weir::config
