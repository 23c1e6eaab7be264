// A YAML document as a tree that remembers where everything stands. YAML 1.2 core without what a
// config file does not need: anchors, aliases, tags, several documents and non-text keys are
// refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/environment.h"
#include "config/mark.h"

namespace weir::config {

inline constexpr size_t kMaxFileBytes = 32u << 20;
inline constexpr int kMaxDepth = 64;
inline constexpr size_t kMaxNodes = 4'000'000;
// Brackets, braces and commas of one file: yaml-cpp queues the tokens of an unclosed flow
// collection.
inline constexpr size_t kMaxFlowMarks = 2'000'000;
inline constexpr size_t kMaxScalarBytes = 64u << 10;  // after `${NAME}` is expanded

struct Node {
  enum class Kind : uint8_t { kNull, kScalar, kSequence, kMap };

  Kind kind = Kind::kNull;
  bool quoted = false;
  bool expanded = false;    // holds text from the environment
  Mark mark;                // of a value that is left out: its key's
  std::string text;         // scalar, expanded
  std::string raw;          // as written, only when expanded: the one that may be shown
  std::vector<Name> keys;   // map: keys[i] belongs to items[i]; unique
  std::vector<Node> items;  // map and sequence

  // The member of a map, or nullptr.
  const Node* Find(std::string_view key) const;
  const Name* FindKey(std::string_view key) const;
};

// Errors are "file:line:col: …". An empty document is a kNull node.
Result<Node> LoadYaml(std::string_view text, std::string_view file, const Environment& env);

// Replaces every `${NAME}` of one scalar; `$${` stands for a literal `${`. An unset or empty
// variable is an error that names it. The message has no position.
Result<std::string> ExpandVariables(std::string_view text, const Environment& env);

}  // namespace weir::config
