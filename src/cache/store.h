// Where whole answers are kept. Every implementation passes store_contract.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "cache/answer.h"
#include "cache/key.h"
#include "net/task.h"

namespace weir::cache {

// What a store had; no answer: nothing.
struct Found {
  AnswerPtr answer;
  std::chrono::milliseconds left{0};  // until it is forgotten: to be kept elsewhere for no longer
  // Since the same was asked before; max(): not known.
  std::chrono::milliseconds idle = std::chrono::milliseconds::max();
};

class Store {
 public:
  virtual ~Store() = default;
  // The answer stored under exactly this key. The view lives until the task has ended.
  virtual net::Task<Found> Find(KeyView key) = 0;
  // Replaces what the key had. A store may refuse, or drop at any time: it promises nothing but
  // that what it gives is what was put under that key, not longer ago than `ttl`.
  virtual void Put(std::shared_ptr<const Key> key, AnswerPtr answer,
                   std::chrono::milliseconds ttl) = 0;
};

}  // namespace weir::cache
