// Declared options. A section of the file is a table of rows; unknown keys, "did you mean", the
// "not built yet" refusals and the list of options for the documentation all come from that table.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "config/reader.h"

namespace weir::config {

template <class T>
struct Option {
  std::string_view key;
  std::string_view doc;  // one line: meaning, unit, default
  // nullptr: the option is known and not built yet; it is refused by name.
  Result<void> (*read)(Reader& reader, const Node& node, T& target);
};

struct OptionDoc {
  std::string path;  // "providers.NAME.timeouts.idle"
  std::string_view doc;
  bool built;
};

template <class T>
void AppendDocs(std::string_view prefix, std::span<const Option<T>> options,
                std::vector<OptionDoc>* docs) {
  for (const Option<T>& option : options) {
    docs->push_back({fmt::format("{}{}", prefix, option.key), option.doc, option.read != nullptr});
  }
}

inline Error UnknownKey(const Reader& reader, const Name& key,
                        std::span<const std::string_view> known) {
  std::string_view near = DidYouMean(key.text, known);
  std::string hint =
      near.empty() ? fmt::format("known here: {}", fmt::join(known, ", ")) : Suggestion(near, "");
  return reader.At(key.mark, fmt::format("unknown key `{}`; {}", Utf8Prefix(key.text, 100), hint));
}

template <class T>
Error UnknownKey(const Reader& reader, const Name& key, std::span<const Option<T>> options) {
  std::vector<std::string_view> known;
  for (const Option<T>& option : options) known.push_back(option.key);
  return UnknownKey(reader, key, std::span<const std::string_view>(known));
}

// Reads every member of a map by its row, in the file's order.
template <class T>
Result<void> ReadSection(Reader& reader, const Node& node, std::span<const Option<T>> options,
                         T& target) {
  WEIR_CHECK_OK(reader.ExpectMap(node, fmt::format("{{{}: …}}", options.front().key)));
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Name& key = node.keys[i];
    auto row = std::find_if(options.begin(), options.end(),
                            [&](const Option<T>& option) { return option.key == key.text; });
    if (row == options.end()) return UnknownKey(reader, key, options);
    Reader::Step step(reader, key.text);
    if (row->read == nullptr) return reader.NotBuilt(key.mark, row->doc);
    WEIR_CHECK_OK(row->read(reader, node.items[i], target));
  }
  return {};
}

// Rows that do nothing but set one member: Set<&Reader::Duration, &Timeouts::idle>.
template <class>
struct MemberOf;
template <class C, class M>
struct MemberOf<M C::*> {
  using Class = C;
};
template <auto kMember>
using ClassOf = typename MemberOf<decltype(kMember)>::Class;

template <auto kRead, auto kMember>
Result<void> Set(Reader& reader, const Node& node, ClassOf<kMember>& target) {
  WEIR_TRY(target.*kMember, (reader.*kRead)(node));
  return {};
}

template <auto kMember, int64_t kMin, int64_t kMax>
Result<void> SetInteger(Reader& reader, const Node& node, ClassOf<kMember>& target) {
  WEIR_TRY(int64_t value, reader.Integer(node, kMin, kMax));
  target.*kMember = static_cast<std::remove_reference_t<decltype(target.*kMember)>>(value);
  return {};
}

template <auto kMember, int64_t kMin, int64_t kMax>
Result<void> SetSize(Reader& reader, const Node& node, ClassOf<kMember>& target) {
  WEIR_TRY(target.*kMember, reader.Size(node, kMin, kMax));
  return {};
}

// A row that reads a map with a table of its own into one member.
template <auto kMember, const auto& kOptions>
Result<void> SetSection(Reader& reader, const Node& node, ClassOf<kMember>& target) {
  using T = std::remove_reference_t<decltype(target.*kMember)>;
  return ReadSection<T>(reader, node, kOptions, target.*kMember);
}

}  // namespace weir::config
