// Decides past requests again: those whose text is at hand, and those of which the ledger alone
// tells.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/loaded.h"
#include "app/redone.h"
#include "base/result.h"
#include "chat/request.h"
#include "ledger/record.h"

namespace weir::app {

// Lines {"prompt" | "messages", "route"?}: both configs decide them. Costs are of the same tokens
// on both sides, the estimated prompt and the length of answer that its task suggests; chances are
// the new config's where it knows both models.
class TextRedo {
 public:
  TextRedo(const Loaded& before, const Loaded& after);  // both outlive it
  ~TextRedo();
  // kBadRequest, kInvalidJson of the line. A decision that fails is skipped.
  Result<void> Take(std::string_view line, std::string_view route, Replay* replay);
  // A row's recorded decision against what `after` makes of its text. Costs are of the tokens that
  // were used. What only the conversation decided, or a pin, is RedoRow()'s.
  void Again(const ledger::Record& row, std::string_view text, Replay* replay);

 private:
  class Reader;
  const Loaded& before_;
  const Loaded& after_;
  chat::RequestParser parser_;
  std::unique_ptr<Reader> reader_;
};

// Whether the row was a request that cost something; else it is skipped.
bool IsRedoable(const ledger::Record& row, Replay* replay);

// A row's recorded decision against what `after` makes of it without its text: pins and routes of
// one model; tiers, by the row's score where both sides have the same learned classifier, by the
// recorded tier where that classifier or the conversation decided. Gates and health are not asked
// again. Costs are of the tokens that were used.
void RedoRow(const ledger::Record& row, const Loaded& before, const Loaded& after, Replay* replay);

}  // namespace weir::app
