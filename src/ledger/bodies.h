// What was asked and what was answered, word for word; kept only where `ledger.bodies` says so. In
// the journal it stands behind a row's fields, in the store it has a table of its own, so that what
// reads rows does not read past it. See docs/adr/0016-bodies.md.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::ledger {

template <class Text>
struct BasicBodies {
  Text request;  // the JSON as the client sent it
  Text answer;   // the words the client was given; of a sample, the cheaper model's
  Text other;    // of a sample: the baseline's
  bool empty() const { return request.empty() && answer.empty() && other.empty(); }
  bool operator==(const BasicBodies&) const = default;
};
using Bodies = BasicBodies<std::string>;
using BodiesView = BasicBodies<std::string_view>;

inline constexpr size_t kMaxRequestBytes = 256 << 10;  // with the marker of what was cut
inline constexpr size_t kMaxAnswerBytes = 64 << 10;    // likewise, of each answer

// `text`, or where it has more than `most` bytes or is the beginning of `total`: what fits, cut at
// a UTF-8 boundary, and behind it "…[cut: 65472 of 1048576 bytes]", together at most `most`.
std::string CutText(std::string_view text, size_t most, size_t total = 0);
bool IsCut(std::string_view text);

// Behind an encoded row. A text that is longer than its bound is cut.
void AppendBodies(const Bodies& bodies, std::string* payload);
// The row without them: all that comes before the first.
std::string_view WithoutBodies(std::string_view payload);

}  // namespace weir::ledger
