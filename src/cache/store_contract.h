// What every answer store must keep; a store's test calls this with a way to make an empty one.
#pragma once

#include <functional>
#include <memory>

#include "cache/store.h"
#include "net/worker.h"

namespace weir::cache {

struct StoreUnderTest {
  std::function<std::unique_ptr<Store>()> make;
  std::function<uint64_t(Store&, const Selection&)> purge;      // how many it took away
  net::Worker& worker;                                          // what Find() may wait on
  std::function<void(std::chrono::milliseconds)> advance_time;  // of the store's clock
};

void CheckStoreContract(const StoreUnderTest& under_test);

}  // namespace weir::cache
