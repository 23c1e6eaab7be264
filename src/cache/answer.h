// A whole answer that may be given again. Immutable and shared: giving it copies nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chat/reply.h"

namespace weir::cache {

// Who answered and how it was chosen, for the headers and rows of those who get it again.
struct Origin {
  std::string model;  // "aiwave/glm-4-flash"
  std::string tier;
  std::string reason;
  std::string fallback;  // empty in what is stored: only first choices are
  double score = 0;
};

// Until `at_ms` after its call began, a stream had come as far as `end` bytes of its body.
struct Pace {
  uint32_t at_ms = 0;
  uint64_t end = 0;
  bool operator==(const Pace&) const = default;
};

struct Answer {
  Origin origin;
  chat::UsageCounts usage;
  bool estimated = false;  // the usage is ours
  // As the client got it: the JSON of a plain answer, or all events of a stream with their [DONE].
  std::string body;
  std::vector<Pace> pace;  // of a stream that is replayed as it came; in order, else empty
};
using AnswerPtr = std::shared_ptr<const Answer>;

}  // namespace weir::cache
