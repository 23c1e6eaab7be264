// Keeps what was spent in few rows. An account keeps its newest days as they are, so that a clock
// which goes back a day, or is wrong for one, finds what was spent; the days before them are one
// row a month, under the month's first day, for the newest months, and one row for all others. So
// the windows of a day, a month and a total have the same sums as without, and a row that comes
// late is added where its day is.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/books.h"
#include "ledger/sqlite.h"

namespace weir::ledger {

inline constexpr size_t kDaysApart = 3;
inline constexpr size_t kMonthsApart = 2;
// The day of the row of all others: before any that a clock can show.
inline constexpr int64_t kBeforeAll = -1'000'000;

// `days` in ascending order; what is returned is so too.
std::vector<SpentDay> Fold(std::span<const SpentDay> days);

class SpendFolder {
 public:
  static Result<SpendFolder> Prepare(Database* database);
  // The accounts behind those of the call before, about `most` rows of them. Within the caller's
  // transaction. False: those were the last, the next call begins again.
  Result<bool> FoldSome(int64_t most);

 private:
  SpendFolder(Statement read, Statement erase, SpentWriter writer)
      : read_(std::move(read)), erase_(std::move(erase)), writer_(std::move(writer)) {}
  Result<void> Replace(const std::string& account, std::span<const SpentDay> days);

  Statement read_, erase_;
  SpentWriter writer_;
  std::string after_;  // no account has an empty name
};

}  // namespace weir::ledger
