// What the books say, for tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ledger/books.h"

namespace weir::ledger {

// What each account has spent in all.
inline std::map<std::string, int64_t> TotalsOf(const std::string& data_dir) {
  std::map<std::string, int64_t> totals;
  auto read = ReadSpent(data_dir, [&](std::string_view account, std::span<const SpentDay> days) {
    for (const SpentDay& day : days) totals[std::string(account)] += day.cost.nano;
    return Result<void>();
  });
  EXPECT_TRUE(read) << read.error().message;
  return totals;
}

}  // namespace weir::ledger
