#include "app/books.h"

#include "base/log.h"
#include "ledger/books.h"

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds kLongestCatchUp{60'000};

limits::Money MoneyOf(const ledger::Record& row) {
  return {row.cost, row.strong_cost};
}

// As the store books the row.
void Book(const ledger::Record& row, limits::Accounts& accounts) {
  using limits::AccountName;
  using limits::Owner;
  const int64_t day = limits::DayOf(row.time);
  accounts.AddSpent(AccountName(Owner::kKey, row.key), day, MoneyOf(row));
  if (!row.team.empty()) {
    accounts.AddSpent(AccountName(Owner::kTeam, row.team), day, MoneyOf(row));
  }
  if (!row.user.empty()) {
    accounts.AddSpent(AccountName(Owner::kUser, row.key, row.user), day, MoneyOf(row));
  }
}

}  // namespace

Result<void> LoadBooks(const std::string& data_dir, ledger::Ledger& ledger,
                       limits::Accounts& accounts) {
  if (!ledger.Drain(kLongestCatchUp)) {
    return MakeError(Reason::kIo,
                     "the ledger's store does not take the journal's rows, so that "
                     "nobody knows what the budgets have left: see the log, and "
                     "GET /api/health of a server without keys");
  }
  WEIR_TRY(const ledger::Books books, ledger::ReadBooks(data_dir));
  for (const ledger::SpentDay& spent : books.spent) {
    accounts.AddSpent(spent.account, spent.day, {spent.cost, spent.strong});
  }
  if (books.reserved.empty()) return {};
  ledger::Batch batch;
  for (const ledger::Record& reserved : books.reserved) {
    const ledger::Record lost = ledger::LostRow(reserved);
    batch.Add(lost);
    Book(lost, accounts);
  }
  ledger.Append(batch);
  Log(LogLevel::kWarn,
      "requests died with the process before this one; what was reserved for them is booked",
      {Field("requests", static_cast<int64_t>(books.reserved.size()))});
  return {};
}

}  // namespace weir::app
