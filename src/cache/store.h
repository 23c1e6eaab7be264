// Where whole answers are kept. Every implementation passes store_contract.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "cache/answer.h"
#include "cache/key.h"
#include "net/task.h"

namespace weir::cache {

struct StoreFigures {
  uint64_t bytes = 0;  // held now, everything counted; never above `limit`
  uint64_t limit = 0;
  uint64_t entries = 0;
  uint64_t evictions = 0;  // to make room
  uint64_t expired = 0;    // found too old
};

class Store {
 public:
  virtual ~Store() = default;
  // The answer stored under exactly this key, or nullptr. The view lives until the task has ended.
  virtual net::Task<AnswerPtr> Find(KeyView key) = 0;
  // Replaces what the key had. A store may refuse, or drop at any time: it promises nothing but
  // that what it gives is what was put under that key, not longer ago than `ttl`.
  virtual void Put(std::shared_ptr<const Key> key, AnswerPtr answer,
                   std::chrono::milliseconds ttl) = 0;
  // How many answers were taken away. Those being put at the same time may stay.
  virtual uint64_t Purge(const Selection& selection) = 0;
  virtual StoreFigures figures() const = 0;
};

}  // namespace weir::cache
