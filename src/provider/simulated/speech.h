// What a simulated model says: how long, how well, in which words. All of it follows from the
// request and the manner, so the same request gets the same answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "provider/simulated/ask.h"
#include "provider/simulated/manner.h"

namespace weir::provider::simulated {

enum class Difficulty : uint8_t { kEasy, kMedium, kHard };

// Long texts and words of work (prove, design, refactor, …) are hard; short look-ups are easy.
Difficulty DifficultyOf(std::string_view text);

// P(a right answer): the error share 1 - quality is a third of it for easy prompts, three times for
// hard ones.
double QualityAt(Difficulty difficulty, double quality);

struct Speech {
  // Prose begins with "The simulated answer is right" or "… is wrong" (and goes on with a colon, or
  // ends with a full stop when it is short), a JSON object without a schema has the member "right":
  // that is all a judge has to look at, and the simulated one (of a request that quotes two such
  // answers) does. The chance is drawn from the prompt and the seed only: of
  // two models with one seed, the better one is right whenever the other is.
  bool right = true;
  std::vector<std::string> tokens;  // joined they are the text, or the arguments of a tool call
  std::string_view finish_reason;   // "stop", "length" or "tool_calls"
};

// `choice` is the index below n. Mean length: manner.output_tokens, a third of it for easy
// prompts, three times for hard ones, +-25 %.
Speech Speak(const Ask& ask, const Manner& manner, int64_t choice);

// True for the share manner.failure_rate of all requests.
bool Fails(const Ask& ask, const Manner& manner);

}  // namespace weir::provider::simulated
