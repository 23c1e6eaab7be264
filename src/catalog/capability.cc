#include <array>

#include "catalog/directory.h"

namespace weir::catalog {
namespace {

struct CapabilityWord {
  Capability capability;
  std::string_view name;
};

constexpr std::array<CapabilityWord, 8> kWords = {{{Capability::kChat, "chat"},
                                                   {Capability::kTools, "tools"},
                                                   {Capability::kVision, "vision"},
                                                   {Capability::kJsonSchema, "json_schema"},
                                                   {Capability::kJsonObject, "json_object"},
                                                   {Capability::kReasoning, "reasoning"},
                                                   {Capability::kEmbeddings, "embeddings"},
                                                   {Capability::kCompletions, "completions"}}};

}  // namespace

std::string_view CapabilityName(Capability c) {
  for (const CapabilityWord& word : kWords) {
    if (word.capability == c) return word.name;
  }
  return {};
}

std::optional<Capability> CapabilityByName(std::string_view name) {
  for (const CapabilityWord& word : kWords) {
    if (word.name == name) return word.capability;
  }
  return std::nullopt;
}

std::string CapabilityNames(CapabilitySet set) {
  std::string names;
  for (const CapabilityWord& word : kWords) {
    if ((set & Bit(word.capability)) == 0) continue;
    if (!names.empty()) names += ", ";
    names += word.name;
  }
  return names;
}

CapabilitySet WithChat(CapabilitySet set) {
  return set == Bit(Capability::kEmbeddings) ? set : set | Bit(Capability::kChat);
}

}  // namespace weir::catalog
