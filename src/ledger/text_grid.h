// A table for a terminal.
#pragma once

#include <string>
#include <vector>

namespace weir::ledger {

// Cells in columns: the first to the left, the others to the right.
class TextGrid {
 public:
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace weir::ledger
