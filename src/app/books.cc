#include "app/books.h"

#include "base/log.h"
#include "ledger/books.h"

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds kLongestCatchUp{60'000};

Result<ledger::Books> CaughtUp(const std::string& data_dir, ledger::Ledger& ledger) {
  if (ledger.Drain(kLongestCatchUp)) return ledger::ReadBooks(data_dir);
  return MakeError(Reason::kIo,
                   "the ledger's store does not take the journal's rows, so that "
                   "nobody knows what the budgets have left: see the log, and "
                   "GET /api/health of a server without keys");
}

// The ledger books them like every other row.
void SettleLost(const std::vector<ledger::Record>& reserved, ledger::Ledger& ledger) {
  ledger::Batch batch;
  for (const ledger::Record& one : reserved) batch.Add(ledger::LostRow(one));
  ledger.Append(batch);
  Log(LogLevel::kWarn,
      "requests died with the process before this one; what was reserved for them is booked",
      {Field("requests", static_cast<int64_t>(reserved.size()))});
}

}  // namespace

Result<void> LoadBooks(const std::string& data_dir, ledger::Ledger& ledger,
                       limits::Accounts& accounts) {
  WEIR_TRY(ledger::Books books, CaughtUp(data_dir, ledger));
  if (!books.reserved.empty()) {
    SettleLost(books.reserved, ledger);
    WEIR_TRY(books, CaughtUp(data_dir, ledger));
  }
  for (const ledger::SpentDay& spent : books.spent) {
    accounts.AddSpent(spent.account, spent.day, {spent.cost, spent.strong});
  }
  return {};
}

}  // namespace weir::app
