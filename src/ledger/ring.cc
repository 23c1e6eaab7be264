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

std::optional<std::string> Ring::Front() const {
  std::lock_guard lock(mutex_);
  if (rows_.empty()) return std::nullopt;
  return rows_.front();
}

void Ring::Pop() {
  std::lock_guard lock(mutex_);
  bytes_ -= rows_.front().size() + kRowOverhead;
  rows_.pop_front();
}

uint64_t Ring::rows() const {
  std::lock_guard lock(mutex_);
  return rows_.size();
}

}  // namespace weir::ledger
