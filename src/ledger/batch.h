// Rows in the journal's encoding, to be appended in one write. Keeps its memory for those that
// follow, so that a worker's rows stop allocating after a few.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ledger/record.h"

namespace weir::ledger {

class Batch {
 public:
  void Add(const Record& record) {
    if (size_ == rows_.size()) rows_.emplace_back();
    EncodeInto(record, &rows_[size_++]);
  }
  void Add(const Record& record, const Bodies& bodies) {
    Add(record);
    AppendBodies(bodies, &rows_[size_ - 1]);
    large_ = true;
  }
  bool empty() const { return size_ == 0; }
  std::span<const std::string> rows() const { return {rows_.data(), size_}; }
  void Clear() {
    size_ = 0;
    if (std::exchange(large_, false)) rows_.clear();  // not memory to be kept
  }

 private:
  std::vector<std::string> rows_;  // the first `size_` are in use
  size_t size_ = 0;
  bool large_ = false;  // some have bodies
};

}  // namespace weir::ledger
