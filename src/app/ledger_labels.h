// A user's own labels out of the ledger: what the judge said of sampled answers and what clients
// said of theirs, each with the prompt it was about.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "learn/examples.h"
#include "ledger/report.h"

namespace weir::app {

// A verdict compares: good is what is as good as the baseline's answer. So a win and a tie are a
// good answer of the cheaper model, a loss a bad one, and the baseline's own is good by this
// measure whatever the verdict; a floor, which promises a share of the baseline's quality, holds
// both against each other on the same scale. A rating of -1 to 1 is 0 to 1 of who answered.
struct LedgerLabels {
  std::vector<learn::Example> examples;  // oldest first
  int64_t verdicts = 0, ratings = 0;
  // Of these, not among the examples: no text was kept of it, or not all, or it is no chat.
  int64_t textless = 0, cut = 0, unreadable = 0;

  std::string Text() const;  // a line for people
};
Result<LedgerLabels> LabelsOf(ledger::Reader& reader, WallMicros since);

}  // namespace weir::app
