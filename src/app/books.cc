#include "app/books.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "ledger/books.h"
#include "ledger/store.h"

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds kLongestCatchUp{60'000};

Result<void> CatchUp(ledger::Ledger& ledger) {
  if (ledger.Drain(kLongestCatchUp)) return {};
  return MakeError(Reason::kIo,
                   "the ledger's store does not take the journal's rows, so that "
                   "nobody knows what the budgets have left: see the log, and "
                   "GET /api/health of a server without keys");
}

Result<void> CheckKnown(const std::string& data_dir) {
  const std::string lost = ledger::LostBooks(data_dir);
  if (lost.empty()) return {};
  return MakeError(
      Reason::kIo,
      fmt::format("{}. Budgets would begin anew. Put a store that was moved aside or a "
                  "backup of {} back, or delete {} to go on with what is known",
                  lost, data_dir, ledger::LostBooksPath(data_dir)));
}

// Says what to do about a store whose damage shows only now.
Error Unreadable(const std::string& data_dir, Error error) {
  error.message = fmt::format(
      "reading what was spent from {}: {}. Move that file away, and the next "
      "start makes it anew of its second copy and the journal",
      ledger::StorePath(data_dir), error.message);
  return error;
}

Result<void> BookSpent(const std::string& data_dir, limits::Accounts& accounts) {
  std::vector<limits::DaySpent> spent;
  auto take = [&](std::string_view account,
                  std::span<const ledger::SpentDay> days) -> Result<void> {
    spent.clear();
    for (const ledger::SpentDay& day : days) spent.push_back({day.day, {day.cost, day.strong}});
    accounts.AddSpent(account, spent);
    return {};
  };
  auto read = ledger::ReadSpent(data_dir, take);
  return read ? read : Unreadable(data_dir, std::move(read).error());
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

bool HasBudgets(const limits::KeyRing& keys) {
  return std::ranges::any_of(keys.keys(), [](const limits::Key& key) {
    return key.terms.caps.money() || key.terms.user_caps.money() ||
           (key.team_terms != nullptr &&
            (key.team_terms->caps.money() || key.team_terms->user_caps.money()));
  });
}

Result<void> LoadBooks(const std::string& data_dir, bool budgets, ledger::Ledger& ledger,
                       limits::Accounts& accounts) {
  if (budgets) WEIR_CHECK_OK(CheckKnown(data_dir));
  WEIR_CHECK_OK(CatchUp(ledger));
  auto reserved = ledger::ReadReserved(data_dir);
  if (!reserved) return Unreadable(data_dir, std::move(reserved).error());
  if (!reserved->empty()) {
    SettleLost(*reserved, ledger);
    WEIR_CHECK_OK(CatchUp(ledger));
  }
  return BookSpent(data_dir, accounts);
}

}  // namespace weir::app
