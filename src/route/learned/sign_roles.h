// What signs do to the sentences of a prompt (substance.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace weir::route::learned {

// What an ASCII sign does, or may do.
enum SignRole : uint8_t {
  kJoinsCode = 1,  // between the names of code, paths and markup, but not between words
  kTellsCode = 2,  // programs have it and prose has not
  kSeparates = 4,  // words of one list
  kOpens = 8,      // a sentence of its own, after a blank
  kCloses = 16,    // a sentence, before a blank
  kEndsLine = 32,
  kMarks = 64,  // ends something by a rule of its own
  kEndsOrOpens = kOpens | kCloses | kEndsLine | kMarks
};
inline constexpr std::array<uint8_t, 128> kSignRoles = [] {
  std::array<uint8_t, 128> roles{};
  const auto add = [&roles](std::string_view signs, SignRole role) {
    for (const char c : signs) roles[static_cast<unsigned char>(c)] |= role;
  };
  add("._/\\(){}[]<>=#@$%&*+-|:;`\"'", kJoinsCode);
  add("_/\\(){}[]<>=#@$%&*+|;`", kTellsCode);
  add(" ,/&+-|", kSeparates);
  add("([{<", kOpens);
  add(".!?;)]}>", kCloses);
  add("\n", kEndsLine);
  add(":,", kMarks);
  return roles;
}();
inline bool IsCodeSign(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < kSignRoles.size() && (kSignRoles.data()[byte] & kJoinsCode) != 0;
}

}  // namespace weir::route::learned
