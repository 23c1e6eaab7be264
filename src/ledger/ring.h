// Rows that wait in memory for a disk that refuses. Bounded in bytes; what does not fit is refused,
// and whoever asked counts it. Any thread; one thread takes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::ledger {

class Ring {
 public:
  explicit Ring(size_t max_bytes) : max_bytes_(max_bytes) {}

  bool Push(std::string_view row);
  // Copies of the oldest rows, at least one and at most `max_bytes` of more: they stay until Pop().
  std::vector<std::string> Front(size_t max_bytes) const;
  void Pop(size_t rows);
  uint64_t rows() const;

 private:
  // Memory of a row beyond its bytes, about: the string and the allocator's share.
  static constexpr size_t kRowOverhead = 64;

  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::deque<std::string> rows_;
  size_t bytes_ = 0;
};

}  // namespace weir::ledger
