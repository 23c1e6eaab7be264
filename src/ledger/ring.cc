#include "ledger/ring.h"

namespace weir::ledger {

bool Ring::Push(std::string_view row) {
  std::lock_guard lock(mutex_);
  size_t size = row.size() + kRowOverhead;
  if (size > max_bytes_ - bytes_) return false;
  rows_.emplace_back(row);
  bytes_ += size;
  return true;
}

std::vector<std::string> Ring::Front(size_t max_bytes) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> oldest;
  size_t bytes = 0;
  for (const std::string& row : rows_) {
    bytes += row.size();
    if (!oldest.empty() && bytes > max_bytes) break;
    oldest.push_back(row);
  }
  return oldest;
}

void Ring::Pop(size_t rows) {
  std::lock_guard lock(mutex_);
  for (; rows > 0; --rows) {
    bytes_ -= rows_.front().size() + kRowOverhead;
    rows_.pop_front();
  }
}

uint64_t Ring::rows() const {
  std::lock_guard lock(mutex_);
  return rows_.size();
}

}  // namespace weir::ledger
